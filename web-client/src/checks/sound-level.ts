/** How loud a microphone is over some seconds, from blocks of samples in [-1, 1]. */

const CLIPPED = 0.985
export const SILENCE_DB = -120

const decibel = (linear: number): number =>
  linear > 0 ? Math.max(SILENCE_DB, 20 * Math.log10(linear)) : SILENCE_DB

export interface SoundLevel {
  /** dBFS. */
  peak: number
  speech: number
  pauses: number
  /** Per cent of the samples. */
  clipped: number
}

export class LevelTrace {
  private peak = 0
  private samples = 0
  private clipped = 0
  private readonly blocks: number[] = []

  add(block: Float32Array): void {
    let squares = 0
    for (const sample of block) {
      const size = Math.abs(sample)
      squares += size * size
      if (size > this.peak) this.peak = size
      if (size >= CLIPPED) this.clipped += 1
    }
    this.samples += block.length
    this.blocks.push(Math.sqrt(squares / Math.max(1, block.length)))
  }

  /** Null before the first block. Speech is what the louder tenth reaches, pauses the softer tenth. */
  level(): SoundLevel | null {
    if (this.samples === 0) return null
    const sorted = [...this.blocks].sort((a, b) => a - b)
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0
    return {
      peak: decibel(this.peak),
      speech: decibel(at(0.9)),
      pauses: decibel(at(0.1)),
      clipped: (100 * this.clipped) / this.samples,
    }
  }
}
