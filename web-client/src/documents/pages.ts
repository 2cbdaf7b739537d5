/**
 * Documents drawn page by page in this page: PDF by pdf.js, pictures by the browser. A chunk of its
 * own, fetched when the first document is opened. Nothing in a PDF runs: no eval, no scripting, no
 * annotation that acts.
 */
import * as pdfjs from 'pdfjs-dist'
import workerAddress from 'pdfjs-dist/build/pdf.worker.min.mjs?url'
import { type Box, fitScale } from './fit'

pdfjs.GlobalWorkerOptions.workerSrc = workerAddress
/** Where the build puts what pdf.js fetches for scripts and fonts a document does not bring. */
const BESIDE = `/assets/pdf-${pdfjs.version}`

export interface Pages {
  readonly count: number
  /** Page from 1, as large as it fits into the box, on white. */
  draw(page: number, box: Box): Promise<HTMLCanvasElement>
  close(): void
}

/** The browser's own limits on a canvas are far above; this is a screen of 4K. */
const MOST_SIDE = 4096

export async function openPdf(address: string): Promise<Pages> {
  const task = pdfjs.getDocument({
    url: address,
    withCredentials: true,
    isEvalSupported: false,
    enableXfa: false,
    cMapUrl: `${BESIDE}/cmaps/`,
    cMapPacked: true,
    standardFontDataUrl: `${BESIDE}/fonts/`,
  })
  const file = await task.promise
  return {
    count: file.numPages,
    async draw(number, box) {
      const page = await file.getPage(number)
      const scale = fitScale(page.getViewport({ scale: 1 }), box)
      const viewport = page.getViewport({ scale })
      const canvas = sheet(viewport)
      const canvasContext = context(canvas)
      await page.render({
        canvasContext,
        viewport,
        annotationMode: pdfjs.AnnotationMode.ENABLE,
      }).promise
      page.cleanup()
      return canvas
    },
    close: () => void task.destroy(),
  }
}

export async function openPicture(address: string): Promise<Pages> {
  const picture = new Image()
  picture.src = address
  await picture.decode()
  return {
    count: 1,
    draw(_number, box) {
      const { naturalWidth, naturalHeight } = picture
      const scale = fitScale({ width: naturalWidth, height: naturalHeight }, box)
      const canvas = sheet({ width: naturalWidth * scale, height: naturalHeight * scale })
      context(canvas).drawImage(picture, 0, 0, canvas.width, canvas.height)
      return Promise.resolve(canvas)
    },
    close: () => undefined,
  }
}

function sheet(size: Box): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  const side = (length: number) => Math.min(MOST_SIDE, Math.max(1, Math.round(length)))
  canvas.width = side(size.width)
  canvas.height = side(size.height)
  return canvas
}

function context(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const drawing = canvas.getContext('2d', { alpha: false })
  if (!drawing) throw new Error('no canvas')
  drawing.fillStyle = '#ffffff'
  drawing.fillRect(0, 0, canvas.width, canvas.height)
  return drawing
}
