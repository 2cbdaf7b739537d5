/** A page of a document as a picture to be sent: the screen slot's track. */

/** What a presented screen has at most; the server asks for less where less is needed. */
export const SLIDE = { width: 1920, height: 1080 }
/** A still canvas sends nothing, and who joins later would wait for a key frame. */
const REPAINT = 200
const FRAMES = 5

export class SlideCanvas {
  readonly track: MediaStreamTrack
  private readonly canvas = document.createElement('canvas')
  private readonly drawing: CanvasRenderingContext2D
  private readonly timer: ReturnType<typeof setInterval>
  private sheet: HTMLCanvasElement | null = null

  constructor() {
    this.canvas.width = SLIDE.width
    this.canvas.height = SLIDE.height
    const drawing = this.canvas.getContext('2d', { alpha: false })
    if (!drawing) throw new Error('no canvas')
    this.drawing = drawing
    this.paint()
    const track = this.canvas.captureStream(FRAMES).getVideoTracks()[0]
    if (!track) throw new Error('no track')
    track.contentHint = 'detail'
    this.track = track
    this.timer = setInterval(() => this.paint(), REPAINT)
  }

  /** Drawn for SLIDE; it is put in the middle. */
  show(sheet: HTMLCanvasElement): void {
    this.sheet = sheet
    this.paint()
  }

  close(): void {
    clearInterval(this.timer)
    this.track.stop()
  }

  private paint(): void {
    this.drawing.fillStyle = '#101314'
    this.drawing.fillRect(0, 0, SLIDE.width, SLIDE.height)
    if (!this.sheet) return
    const left = Math.round((SLIDE.width - this.sheet.width) / 2)
    const top = Math.round((SLIDE.height - this.sheet.height) / 2)
    this.drawing.drawImage(this.sheet, left, top)
  }
}
