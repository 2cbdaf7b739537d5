import { audioContext } from './audio-context'

/** Below one step of 16-bit sound nothing comes from the microphone at all. */
const DIGITAL_SILENCE = 1.5 / 32768
const FLOOR_DB = -60

export interface Level {
  /** 0 to 1 along a decibel scale, for drawing. */
  meter: number
  /** Largest sample, linear. */
  peak: number
}

/** Peak and meter position of one block of samples in [-1, 1]. */
export function levelOf(samples: Float32Array): Level {
  let squares = 0
  let peak = 0
  for (const sample of samples) {
    squares += sample * sample
    peak = Math.max(peak, Math.abs(sample))
  }
  const decibel = 10 * Math.log10(squares / Math.max(1, samples.length) + 1e-12)
  return { meter: Math.min(1, Math.max(0, 1 - decibel / FLOOR_DB)), peak }
}

/** Says when a microphone that is on has given no sound for a while: unplugged, or its own switch. */
export class SilenceDetector {
  private since: number | null = null

  constructor(private readonly patience = 5000) {}

  /** @param now milliseconds of a steady clock */
  next(peak: number, now: number): boolean {
    if (peak > DIGITAL_SILENCE) this.since = null
    else this.since ??= now
    return this.since !== null && now - this.since >= this.patience
  }

  reset(): void {
    this.since = null
  }
}

/** Listens to a microphone track without playing it. */
export class MicrophoneMeter {
  private readonly source: MediaStreamAudioSourceNode
  private readonly analyser: AnalyserNode
  private readonly samples: Float32Array<ArrayBuffer>

  constructor(track: MediaStreamTrack) {
    const context = audioContext()
    this.source = context.createMediaStreamSource(new MediaStream([track]))
    this.analyser = context.createAnalyser()
    this.analyser.fftSize = 2048
    this.samples = new Float32Array(this.analyser.fftSize)
    this.source.connect(this.analyser)
  }

  /** Null while the browser holds the audio context: nothing is known then. */
  read(): Level | null {
    if (this.analyser.context.state !== 'running') return null
    this.analyser.getFloatTimeDomainData(this.samples)
    return levelOf(this.samples)
  }

  close(): void {
    this.source.disconnect()
  }
}
