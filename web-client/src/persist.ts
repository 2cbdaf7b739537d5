import { backOff, type BackOffPolicy } from '@/signal/back-off'

/** What a line that comes and goes breaks off is tried again; what was refused is not. */
export interface Persistence {
  tries: number
  waits: BackOffPolicy
  /** Whether it could go better the next time. */
  again?: (error: unknown) => boolean
  pause?: (milliseconds: number) => Promise<void>
  random?: () => number
}

/** Rejects as the last try did. */
export async function persist<T>(attempt: () => Promise<T>, how: Persistence): Promise<T> {
  const pause = how.pause ?? ((ms: number) => new Promise<void>((done) => setTimeout(done, ms)))
  const random = how.random ?? Math.random
  for (let failed = 0; ;) {
    try {
      return await attempt()
    } catch (error) {
      if (++failed >= how.tries || how.again?.(error) === false) throw error
      await pause(backOff(failed - 1, random(), how.waits))
    }
  }
}

/** A part of the page that could not be fetched. */
export class PartMissing extends Error {
  override name = 'PartMissing'
}

/**
 * A page's part that is fetched when it is needed. A change of network takes a request with it
 * that the browser itself does not repeat (Chromium: ERR_NETWORK_CHANGED). Six tries in 5 to 10 s,
 * then PartMissing.
 */
export function part<T>(fetchPart: () => Promise<T>): () => Promise<T> {
  return () =>
    persist(fetchPart, { tries: 6, waits: { base: 400, factor: 2, ceiling: 4000 } }).catch(
      (cause) => {
        throw new PartMissing(String(cause))
      },
    )
}

/**
 * Where no hand can press a button: resolves once the server answers for the page at `path`, which
 * is then worth loading anew. Never before, since a page that cannot be loaded is the browser's own
 * and stays. Asked after 2 to 20 s, without end.
 */
export function answered(
  path: string,
  ask: (path: string) => Promise<Response> = (at) => fetch(at, { cache: 'no-store' }),
  pause?: Persistence['pause'],
): Promise<void> {
  return persist(
    async () => {
      const page = await ask(path)
      if (!page.ok) throw new Error(String(page.status))
    },
    { tries: Infinity, waits: { base: 2000, factor: 1.7, ceiling: 20_000 }, pause },
  )
}
