/** Where to go after signing in: only a path of our own, never another address. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/meetings'
}
