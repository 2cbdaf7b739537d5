diemcau_library(diemcau_media_video_mix
  SOURCES i420_frame.cpp label_text.cpp label_renderer.cpp tile_painter.cpp video_compositor.cpp
    picture_watch.cpp decode_pool.cpp frame_decoder.cpp video_decoder.cpp video_encoder.cpp rendition_stream.cpp stage_pictures.cpp composing_clock.cpp wall_pages.cpp video_mixer.cpp
  PUBLIC diemcau_base diemcau_media_stream diemcau_media_codec diemcau_media_gst
  PRIVATE dep::yuv dep::pango dep::avcodec)
