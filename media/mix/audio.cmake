# The sound half of mix.
diemcau_library(diemcau_media_audio_mix
  SOURCES opus_codec.cpp audio_counters.cpp audio_gate.cpp audio_input.cpp audio_delay.cpp
          audio_packet_store.cpp audio_stretch.cpp audio_playout.cpp audio_ranking.cpp audio_phase.cpp
          audio_limiter.cpp loudness_leveller.cpp band_track.cpp echo_detector.cpp echo_control.cpp microphone_watch.cpp audio_downlink.cpp audio_thin_downlink.cpp audio_mix_core.cpp aac_encoder.cpp audio_mixer.cpp
  PUBLIC diemcau_base diemcau_media_codec diemcau_media_stream diemcau_media_gst
  PRIVATE dep::opus dep::ebur128)
