/**
 * Gathers keyed changes and hands them over together before the next picture of the screen; the
 * newest of a key wins. A page out of sight gets no such moment and takes them at a slow beat.
 */
export interface PerFrame<Key, Value> {
  add(key: Key, value: Value): void
  /** Forgets what waits. */
  drop(): void
}

const HIDDEN_BEAT = 250

export function perFrame<Key, Value>(
  take: (changes: Map<Key, Value>) => void,
  next: (run: () => void) => void = nextFrame,
): PerFrame<Key, Value> {
  let waiting = new Map<Key, Value>()
  let asked = false

  function run(): void {
    asked = false
    if (waiting.size === 0) return
    const changes = waiting
    waiting = new Map()
    take(changes)
  }

  return {
    add(key, value) {
      waiting.set(key, value)
      if (asked) return
      asked = true
      next(run)
    },
    drop: () => waiting.clear(),
  }
}

function nextFrame(run: () => void): void {
  if (typeof document === 'undefined' || document.hidden) setTimeout(run, HIDDEN_BEAT)
  else requestAnimationFrame(run)
}
