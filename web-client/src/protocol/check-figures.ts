/** The figures of a check as the server keeps them. */
import type { Figures } from '@/checks/figures'
import { type Fields, fields, optionalFlag, optionalNumber, optionalText } from './decode'

const MOST = 1e9

export function writeFigures(figures: Figures): object {
  const { camera, microphone, echo } = figures
  return {
    connected: figures.connected,
    transport: figures.transport,
    up_kbps: figures.up,
    down_kbps: figures.down,
    loss_up: figures.lossUp,
    loss_down: figures.lossDown,
    round_trip_ms: figures.roundTrip,
    jitter_ms: figures.jitter,
    camera,
    microphone,
    speaker: figures.speaker,
    echo: {
      measured: echo.measured,
      likeness: echo.likeness,
      level: echo.level,
      delay_ms: echo.delay,
    },
  }
}

/** States and words come checked by the server; what is missing was not measured. */
export function readFigures(from: Fields): Figures {
  const camera = fields(from.camera ?? {}, 'camera')
  const microphone = fields(from.microphone ?? {}, 'microphone')
  const echo = fields(from.echo ?? {}, 'echo')
  const figure = (part: Fields, name: string): number | null =>
    part[name] === undefined || part[name] === null
      ? null
      : optionalNumber(part, name, -MOST, MOST, 0)
  return {
    connected: optionalFlag(from, 'connected'),
    transport: optionalText(from, 'transport', '', 8) as Figures['transport'],
    up: figure(from, 'up_kbps'),
    down: figure(from, 'down_kbps'),
    lossUp: figure(from, 'loss_up'),
    lossDown: figure(from, 'loss_down'),
    roundTrip: figure(from, 'round_trip_ms'),
    jitter: figure(from, 'jitter_ms'),
    camera: {
      state: optionalText(camera, 'state', 'off', 16) as Figures['camera']['state'],
      width: figure(camera, 'width') ?? 0,
      height: figure(camera, 'height') ?? 0,
      fps: figure(camera, 'fps') ?? 0,
      brightness: figure(camera, 'brightness'),
      contrast: figure(camera, 'contrast'),
      motion: figure(camera, 'motion'),
    },
    microphone: {
      state: optionalText(microphone, 'state', 'absent', 16) as Figures['microphone']['state'],
      peak: figure(microphone, 'peak'),
      speech: figure(microphone, 'speech'),
      pauses: figure(microphone, 'pauses'),
      clipped: figure(microphone, 'clipped'),
    },
    speaker: optionalText(from, 'speaker', 'unknown', 16) as Figures['speaker'],
    echo: {
      measured: optionalFlag(echo, 'measured'),
      likeness: figure(echo, 'likeness') ?? 0,
      level: figure(echo, 'level') ?? -120,
      delay: figure(echo, 'delay_ms') ?? 0,
    },
  }
}
