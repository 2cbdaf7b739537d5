import { onBeforeUnmount, type ShallowRef, watch } from 'vue'

// No field to write in: a key meant as a shortcut would be typed into it.
const FOCUSABLE = 'button:enabled, a[href], [tabindex="0"]'

/** Where the focus was: the element, what it stood in, and its place among what can be reached there. */
interface Place {
  element: Element
  around: { box: Element; index: number }[]
}

function reachable(box: Element): HTMLElement[] {
  return [...box.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
    (each) => each.tabIndex >= 0 && each.checkVisibility(),
  )
}

function placeOf(element: Element, root: Element): Place {
  const around: Place['around'] = []
  for (let box = element.parentElement; box; box = box === root ? null : box.parentElement) {
    around.push({ box, index: reachable(box).indexOf(element as HTMLElement) })
  }
  return { element, around }
}

/**
 * A button that was pressed often takes itself away: the row is called, the question answered. The
 * focus then goes to what stands in its place, not to the top of the page.
 */
export function useFocusKept(root: Readonly<ShallowRef<HTMLElement | null>>): void {
  let place: Place | null = null

  const onFocus = ({ target }: FocusEvent) => {
    if (root.value && target instanceof Element) place = placeOf(target, root.value)
  }
  const observer = new MutationObserver(() => {
    if (!place || (place.element.isConnected && !place.element.matches(':disabled'))) return
    const { around } = place
    place = null
    const active = document.activeElement
    if (active && active !== document.body && !active.matches(':disabled')) return
    for (const { box, index } of around) {
      if (!box.isConnected) continue
      const candidates = reachable(box)
      const next = candidates[Math.min(Math.max(index, 0), candidates.length - 1)]
      if (next) return next.focus()
    }
  })

  function leave(box: HTMLElement | null | undefined): void {
    observer.disconnect()
    box?.removeEventListener('focusin', onFocus)
    place = null
  }
  watch(
    root,
    (box, before) => {
      leave(before)
      box?.addEventListener('focusin', onFocus)
      if (box)
        observer.observe(box, { subtree: true, childList: true, attributeFilter: ['disabled'] })
    },
    { flush: 'post', immediate: true },
  )
  onBeforeUnmount(() => leave(root.value))
}
