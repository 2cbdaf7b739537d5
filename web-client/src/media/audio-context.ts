let shared: AudioContext | null = null

/** One context for the whole page; browsers allow few, and start it only after a click. */
export function audioContext(): AudioContext {
  shared ??= new AudioContext()
  return shared
}

/** Call from a click or key handler. Never rejects: a context that stays asleep only means no meter. */
export function wakeAudioContext(): void {
  if (typeof AudioContext === 'undefined') return
  const context = audioContext()
  if (context.state === 'suspended') void context.resume().catch(() => undefined)
}
