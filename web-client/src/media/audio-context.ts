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

/** How long a browser that lets the page sound may take to say so. */
const WAKE_TIME = 1000

/** Whether the page may sound now: in a browser where nobody has clicked yet it may not. */
export async function maySound(): Promise<boolean> {
  const context = audioContext()
  if (context.state !== 'running') {
    const late = new Promise<void>((done) => setTimeout(done, WAKE_TIME))
    await Promise.race([context.resume().catch(() => undefined), late])
  }
  return context.state === 'running'
}
