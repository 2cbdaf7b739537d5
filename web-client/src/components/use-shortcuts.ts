import { onBeforeUnmount, onMounted } from 'vue'

/** Single keys for what must be quick; never while something is typed or has taken the key itself. */
export function useShortcuts(acts: Record<string, () => void>): void {
  function onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented) return
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    const target = event.target
    if (target instanceof HTMLElement && target.matches('input, select, textarea')) return
    acts[event.key.toLowerCase()]?.()
  }
  onMounted(() => addEventListener('keydown', onKey))
  onBeforeUnmount(() => removeEventListener('keydown', onKey))
}
