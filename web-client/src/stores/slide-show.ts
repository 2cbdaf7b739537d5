import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { Pages } from '@/documents/pages'
import { SLIDE, SlideCanvas } from '@/documents/slide-canvas'
import { part } from '@/persist'
import { contentAddress, markShown, type MeetingDocument } from '@/protocol/documents'
import { useLocalMedia } from './local-media'

/** The document this page shows on the stage, page by page, in the place of a shared screen. */
export const useSlideShow = defineStore('slide-show', () => {
  const local = useLocalMedia()
  const document = shallowRef<MeetingDocument | null>(null)
  const page = ref(1)
  const count = ref(0)
  let canvas: SlideCanvas | null = null
  let pages: Pages | null = null
  let drawing: Promise<void> = Promise.resolve()
  let drawn = 0

  const running = computed(() => document.value !== null)

  async function start(meeting: string, wanted: MeetingDocument, first = 1): Promise<void> {
    const opened = await openPages(meeting, wanted)
    stop()
    pages = opened
    count.value = opened.count
    page.value = Math.min(Math.max(1, first), opened.count)
    canvas = new SlideCanvas()
    document.value = wanted
    await draw()
    if (!canvas) return
    local.showOnScreen(canvas.track)
    void markShown(meeting, wanted.id, page.value).catch(() => undefined)
  }

  function turn(step: number): void {
    goTo(page.value + step)
  }

  function goTo(wanted: number): void {
    if (!running.value || wanted < 1 || wanted > count.value || wanted === page.value) return
    page.value = wanted
    void draw()
  }

  /** One after the other; of many wished for meanwhile only the last is drawn. */
  function draw(): Promise<void> {
    drawing = drawing
      .catch(() => undefined)
      .then(async () => {
        const wanted = page.value
        const from = pages
        if (!from || !canvas || drawn === wanted) return
        const sheet = await from.draw(wanted, SLIDE)
        if (from !== pages || !canvas) return
        drawn = wanted
        canvas.show(sheet)
      })
    return drawing
  }

  function stop(): void {
    if (canvas && local.screen === canvas.track) void local.setScreen(false)
    canvas?.close()
    pages?.close()
    canvas = null
    pages = null
    drawn = 0
    document.value = null
    count.value = 0
  }

  // The same button that ends a shared screen ends this; so does sharing a screen instead.
  watch(
    () => local.screen,
    (track) => {
      if (canvas && running.value && drawn > 0 && track !== canvas.track) stop()
    },
  )

  return { document, page, count, running, start, turn, goTo, stop }
})

const readers = part(() => import('@/documents/pages'))

export async function openPages(meeting: string, document: MeetingDocument): Promise<Pages> {
  const { openPdf, openPicture } = await readers()
  const address = contentAddress(meeting, document.id)
  return document.kind === 'pdf' ? openPdf(address) : openPicture(address)
}

/** Office files are for reading elsewhere. */
export const canBeShown = (document: MeetingDocument): boolean =>
  document.kind === 'pdf' || document.kind === 'png' || document.kind === 'jpg'
