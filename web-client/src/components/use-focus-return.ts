import { onBeforeUnmount, onMounted, type Ref } from 'vue'

/** What opens takes the focus; when it closes, the focus is where it was. */
export function useFocusReturn(first: Readonly<Ref<HTMLElement | null>>): void {
  let before: Element | null = null
  onMounted(() => {
    before = document.activeElement
    first.value?.focus()
  })
  onBeforeUnmount(() => {
    if (before instanceof HTMLElement && before.isConnected) before.focus()
  })
}
