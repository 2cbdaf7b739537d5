import { measureRoundTrip, signalAddress } from '@/protocol/api'
import type { Welcome } from '@/protocol/types'
import { browserEnvironment } from '@/signal/browser-environment'
import { SignalConnection } from '@/signal/signal-connection'

export interface LineCheck {
  verdict: 'good' | 'slow' | 'failed' | 'blocked'
  /** Median round trip, milliseconds; 0 when nothing answered. */
  roundTrip: number
  /** Who the server takes us for, when the control channel opened. */
  welcome: Welcome | null
}

const ROUNDS = 5
const SLOW = 250
const WELCOME_TIMEOUT = 5000

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

/** HTTP round trips first, then whether the WebSocket gets through what stands between. */
export async function checkLine(meeting: string): Promise<LineCheck> {
  const times: number[] = []
  try {
    for (let round = 0; round < ROUNDS; round += 1) times.push(await measureRoundTrip())
  } catch {
    return { verdict: 'failed', roundTrip: 0, welcome: null }
  }
  const roundTrip = median(times)
  const { reached, welcome } = await knock(meeting)
  if (!reached) return { verdict: 'blocked', roundTrip, welcome }
  return { verdict: roundTrip > SLOW ? 'slow' : 'good', roundTrip, welcome }
}

/** Opens the control channel and closes it again; looking in takes nobody's seat. */
function knock(meeting: string): Promise<{ reached: boolean; welcome: Welcome | null }> {
  return new Promise((resolve) => {
    const finish = (reached: boolean, welcome: Welcome | null) => {
      clearTimeout(timer)
      signal.stop(false)
      resolve({ reached, welcome })
    }
    const timer = setTimeout(() => finish(false, null), WELCOME_TIMEOUT)
    const signal = new SignalConnection(
      signalAddress(meeting),
      {
        message: (message) => message.type === 'welcome' && finish(true, message),
        // Refused at the door it was reached; who stands there is asked over HTTP.
        lost: () => void browserEnvironment.signedIn().then((known) => finish(!known, null)),
        // It answered: what it said is the meeting page's business.
        ended: () => finish(true, null),
      },
      browserEnvironment,
    )
    signal.start()
  })
}
