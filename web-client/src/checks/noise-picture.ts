/** A picture that no encoder can make smaller: it fills whatever rate the line takes. */
export class NoisePicture {
  readonly track: MediaStreamTrack
  private readonly canvas = document.createElement('canvas')
  private readonly timer: ReturnType<typeof setInterval>

  constructor(width = 640, height = 360, fps = 25) {
    this.canvas.width = width
    this.canvas.height = height
    const context = this.canvas.getContext('2d')
    // Rows of one store of noise, begun elsewhere each time: cheaper than new noise.
    const store = noise(width * (height + 97))
    this.timer = setInterval(() => {
      const row = Math.floor(Math.random() * 97)
      const from = row * width * 4
      const part = store.subarray(from, from + width * height * 4)
      context?.putImageData(new ImageData(new Uint8ClampedArray(part), width, height), 0, 0)
    }, 1000 / fps)
    const track = this.canvas.captureStream(fps).getVideoTracks()[0]
    if (!track) throw new DOMException('no track', 'NotFoundError')
    this.track = track
  }

  close(): void {
    clearInterval(this.timer)
    this.track.stop()
  }
}

function noise(points: number): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(points * 4)
  for (let i = 0; i < out.length; i += 1) out[i] = i % 4 === 3 ? 255 : Math.random() * 256
  return out
}
