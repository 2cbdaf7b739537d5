import { onBeforeUnmount, onMounted } from 'vue'

/** Keeps the screen on while the page is seen; the browser lets go whenever it is not. */
export function useWakeLock(): void {
  let lock: WakeLockSentinel | null = null
  let gone = false

  async function hold(): Promise<void> {
    if (document.hidden || lock || !('wakeLock' in navigator)) return
    try {
      lock = await navigator.wakeLock.request('screen')
      lock.addEventListener('release', () => (lock = null))
      if (gone) await lock.release()
    } catch {
      // A battery that runs low may forbid it; the next time the page is seen it is tried again.
    }
  }
  const onSeen = () => void hold()

  onMounted(() => {
    void hold()
    document.addEventListener('visibilitychange', onSeen)
  })
  onBeforeUnmount(() => {
    gone = true
    document.removeEventListener('visibilitychange', onSeen)
    void lock?.release()
  })
}

/** A browser fills the screen only when a hand asks: the first key or touch is that hand. */
export function useFullScreen(): void {
  const fill = () => {
    if (document.fullscreenElement || matchMedia('(display-mode: fullscreen)').matches) return
    void document.documentElement.requestFullscreen?.().catch(() => undefined)
  }
  onMounted(() => {
    addEventListener('keydown', fill)
    addEventListener('pointerdown', fill)
  })
  onBeforeUnmount(() => {
    removeEventListener('keydown', fill)
    removeEventListener('pointerdown', fill)
  })
}
