/** The test room and what was found in it (PROTOCOL.md, "The test room"). */
import { call, understand } from './api'
import { fields, number, optionalNumber, text } from './decode'

export interface TestRoom {
  id: string
  sdp: string
  /** Milliseconds. */
  record: number
}

export type TestStep = 'record' | 'play' | 'tone' | 'probe'

const MOST_MS = 600_000
const path = (id: string) => `/api/v1/checks/${encodeURIComponent(id)}`

export async function openTestRoom(sdp: string): Promise<TestRoom> {
  const body = await call('POST', '/api/v1/checks', { sdp })
  return understand(() => {
    const from = fields(body, 'check')
    return {
      id: text(from, 'id', 64),
      sdp: text(from, 'sdp', 131_072),
      record: number(from, 'record_ms', 0, MOST_MS),
    }
  })
}

/** How long it takes, milliseconds. */
export async function beginStep(id: string, step: TestStep): Promise<number> {
  const body = await call('POST', `${path(id)}/steps`, { step })
  return understand(() => number(fields(body, 'step'), 'takes_ms', 0, MOST_MS))
}

/** What arrived at the server in its best second, bit/s. */
export async function bestUplink(id: string): Promise<number> {
  const body = await call('GET', path(id))
  return understand(() => optionalNumber(fields(body, 'check'), 'uplink_best', 0, 1e11, 0))
}

export async function closeTestRoom(id: string): Promise<void> {
  await call('DELETE', path(id))
}
