/** Whether a camera shows anything, from small pictures taken now and then. */

export interface PictureLook {
  brightness: number
  contrast: number
  motion: number
}

/** Luma (BT.601) of RGBA points, 0 to 255. */
export function lumaOf(rgba: Uint8ClampedArray): Float32Array {
  const luma = new Float32Array(rgba.length / 4)
  for (let i = 0; i < luma.length; i += 1) {
    const at = i * 4
    luma[i] = 0.299 * (rgba[at] ?? 0) + 0.587 * (rgba[at + 1] ?? 0) + 0.114 * (rgba[at + 2] ?? 0)
  }
  return luma
}

export class PictureTrace {
  private last: Float32Array | null = null
  private looks = 0
  private brightness = 0
  private contrast = 0
  private motion = 0

  add(luma: Float32Array): void {
    const points = Math.max(1, luma.length)
    let sum = 0
    let squares = 0
    luma.forEach((value, at) => {
      sum += value
      squares += value * value
      if (this.last) this.motion = Math.max(this.motion, Math.abs(value - (this.last[at] ?? value)))
    })
    const mean = sum / points
    this.brightness += mean
    this.contrast += Math.sqrt(Math.max(0, squares / points - mean * mean))
    this.looks += 1
    this.last = luma
  }

  /** Null before two looks. Brightness and contrast are means, motion is the largest of all. */
  look(): PictureLook | null {
    if (this.looks < 2) return null
    return {
      brightness: this.brightness / this.looks,
      contrast: this.contrast / this.looks,
      motion: this.motion,
    }
  }
}

/** Takes small pictures of a playing video element. */
export class PictureProbe {
  private readonly canvas = document.createElement('canvas')
  readonly trace = new PictureTrace()

  constructor(private readonly video: HTMLVideoElement) {
    this.canvas.width = 64
    this.canvas.height = 36
  }

  take(): void {
    const context = this.canvas.getContext('2d', { willReadFrequently: true })
    if (!context || this.video.videoWidth === 0) return
    context.drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height)
    const { data } = context.getImageData(0, 0, this.canvas.width, this.canvas.height)
    this.trace.add(lumaOf(data))
  }
}
