import { audioContext } from '@/media/audio-context'
import type { SoundMoment } from './echo'

/** Two thirds of a second at 48 kHz: longer than any echo that matters. */
const WINDOW = 32_768
/** The newest part, for levels: a little more than the time between two looks. */
const BLOCK = 4096

/** Hears the microphone and what arrives, at the same moment. Plays neither. */
export class SoundPair {
  private readonly nodes: MediaStreamAudioSourceNode[] = []
  private readonly microphone: AnalyserNode | null
  private readonly received: AnalyserNode

  constructor(microphone: MediaStreamTrack | null, received: MediaStream) {
    this.microphone = microphone ? this.listen(new MediaStream([microphone])) : null
    this.received = this.listen(received)
  }

  get sampleRate(): number {
    return audioContext().sampleRate
  }

  /** The newest samples of both; null while the browser holds sound back. */
  moment(): SoundMoment | null {
    if (!this.microphone || audioContext().state !== 'running') return null
    const received = new Float32Array(WINDOW)
    const microphone = new Float32Array(WINDOW)
    // One after the other, so within a few blocks of 128 samples of each other.
    this.received.getFloatTimeDomainData(received)
    this.microphone.getFloatTimeDomainData(microphone)
    return { received, microphone }
  }

  block(): Float32Array | null {
    return this.moment()?.microphone.slice(WINDOW - BLOCK) ?? null
  }

  close(): void {
    this.nodes.forEach((node) => node.disconnect())
  }

  private listen(stream: MediaStream): AnalyserNode {
    const context = audioContext()
    const source = context.createMediaStreamSource(stream)
    const analyser = context.createAnalyser()
    analyser.fftSize = WINDOW
    source.connect(analyser)
    this.nodes.push(source)
    return analyser
  }
}
