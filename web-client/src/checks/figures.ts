import type { DeviceProblem } from '@/media/devices'

/** What a check measured. Null: not measured. Rates in kbit/s, losses in per cent, times in ms. */
export interface Figures {
  connected: boolean
  /** Of the path of picture and sound; empty while there is none. */
  transport: 'udp' | 'tcp' | ''
  up: number | null
  down: number | null
  lossUp: number | null
  lossDown: number | null
  roundTrip: number | null
  jitter: number | null
  camera: CameraFigures
  microphone: MicrophoneFigures
  /** What the person in front of it said. */
  speaker: 'heard' | 'unheard' | 'unknown'
  echo: EchoFigures
}

export interface CameraFigures {
  state: 'live' | 'off' | DeviceProblem
  width: number
  height: number
  fps: number
  /** Mean brightness and its spread over the picture, 0 to 255. */
  brightness: number | null
  contrast: number | null
  /** Largest change of any point between two looks, 0 to 255; 0 is a still. */
  motion: number | null
}

export interface MicrophoneFigures {
  state: 'live' | DeviceProblem
  /** dBFS: largest sample; level while somebody speaks; level of the pauses. */
  peak: number | null
  speech: number | null
  pauses: number | null
  /** Share of samples at the limit, per cent. */
  clipped: number | null
}

export interface EchoFigures {
  /** False: nothing was heard of the test signal itself, so nothing can be said. */
  measured: boolean
  /** How alike what was played and what the microphone gave are, 0 to 1. */
  likeness: number
  /** Level of what comes back against what was played, dB. */
  level: number
  delay: number
}

export function noFigures(): Figures {
  return {
    connected: false,
    transport: '',
    up: null,
    down: null,
    lossUp: null,
    lossDown: null,
    roundTrip: null,
    jitter: null,
    camera: {
      state: 'off',
      width: 0,
      height: 0,
      fps: 0,
      brightness: null,
      contrast: null,
      motion: null,
    },
    microphone: { state: 'absent', peak: null, speech: null, pauses: null, clipped: null },
    speaker: 'unknown',
    echo: { measured: false, likeness: 0, level: -120, delay: 0 },
  }
}
