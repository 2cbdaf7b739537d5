/** The REST half of the contract: typed calls; failures are `ApiProblem` (RFC 9457). */
import { persist } from '@/persist'
import { type Fields, fields, number, optionalNumber, optionalText, text, word } from './decode'
import { ROLES, type Role } from './types'

export interface Account {
  name: string
  role: Role
  unit: string
  /** Set when a site's link was exchanged: the only meeting it opens. */
  meeting: string
}

export interface MeetingSummary {
  id: string
  title: string
  kind: string
  state: string
  chair: string
  startsAt: string
  connected: number
  expected: number
  /** Whether the one who asks may plan it. */
  plannable: boolean
}

export interface RecordingSummary {
  id: string
  meetingId: string
  title: string
  startedAt: string
  /** Milliseconds. */
  length: number
  bytes: number
  state: string
  problem: string
  /** Repaired by itself after a crash. */
  recovered: boolean
}

/** Why a call failed. `code` is stable; `title` is the server's Vietnamese sentence, if any. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    /** Seconds the server asks to wait; 0: it says nothing of it. */
    readonly retryAfter = 0,
  ) {
    super(detail || title || code)
    this.name = 'ApiProblem'
  }

  get signedOut(): boolean {
    return this.status === 401
  }
}

/** Status 0: the server was not reached at all. */
export const UNREACHABLE = 'network.unreachable'

const TIMEOUT = 15_000
/** For what may be asked twice: a change of network breaks off every request under way. */
const TRIES = 3
const WAITS = { base: 300, factor: 2, ceiling: 1000 }
/** The most the server gives in one answer, newest first. */
const MOST_ITEMS = 1000

export async function signIn(username: string, password: string): Promise<Account> {
  return readAccount(await call('POST', '/api/v1/session', { username, password }))
}

/** Exchanges a site's link for the session cookie. */
export async function signInWithToken(token: string): Promise<Account> {
  return readAccount(await call('POST', '/api/v1/session', { token }, {}, TRIES))
}

export async function currentAccount(): Promise<Account> {
  return readAccount(await call('GET', '/api/v1/session'))
}

export async function signOut(): Promise<void> {
  await call('DELETE', '/api/v1/session')
}

export async function listMeetings(): Promise<MeetingSummary[]> {
  return readItems(
    await call('GET', `/api/v1/meetings?limit=${MOST_ITEMS}`),
    'meetings',
    readMeeting,
  )
}

export async function listRecordings(): Promise<RecordingSummary[]> {
  return readItems(
    await call('GET', `/api/v1/recordings?limit=${MOST_ITEMS}`),
    'recordings',
    readRecording,
  )
}

export async function startRecording(meeting: string): Promise<void> {
  await call('POST', `/api/v1/meetings/${encodeURIComponent(meeting)}/recording`)
}

export async function stopRecording(meeting: string): Promise<void> {
  await call('DELETE', `/api/v1/meetings/${encodeURIComponent(meeting)}/recording`)
}

export const mediaAddress = (recording: string): string =>
  `/api/v1/recordings/${encodeURIComponent(recording)}/media`

export const downloadAddress = (recording: string): string => `${mediaAddress(recording)}?download`

export const chaptersAddress = (recording: string): string =>
  `/api/v1/recordings/${encodeURIComponent(recording)}/chapters.vtt`

export function signalAddress(meeting: string, origin: string = location.origin): string {
  return `${origin.replace(/^http/, 'ws')}/api/v1/meetings/${encodeURIComponent(meeting)}/signal`
}

/** One HTTP round trip to the server in milliseconds. Rejects when it does not answer in time. */
export async function measureRoundTrip(
  clock: () => number = () => performance.now(),
): Promise<number> {
  const started = clock()
  const response = await send('GET', '/healthz', undefined, {}, 1)
  if (!response.ok) throw new ApiProblem(response.status, 'http.status', '', response.statusText)
  return clock() - started
}

async function send(
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
  tries = method === 'GET' ? TRIES : 1,
): Promise<Response> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), TIMEOUT)
  try {
    const attempt = () =>
      fetch(path, {
        method,
        credentials: 'same-origin',
        cache: 'no-store',
        headers: { ...headers, ...(body ? { 'Content-Type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: abort.signal,
      })
    return await persist(attempt, { tries, waits: WAITS, again: () => !abort.signal.aborted })
  } catch (error) {
    throw new ApiProblem(0, UNREACHABLE, '', String(error))
  } finally {
    clearTimeout(timer)
  }
}

export async function call(
  method: string,
  path: string,
  body?: object,
  headers?: Record<string, string>,
  tries?: number,
): Promise<unknown> {
  const response = await send(method, path, body, headers, tries)
  const raw = await response.text().catch(() => '')
  const parsed = parseJson(raw)
  if (!response.ok) {
    const wait = Number(response.headers.get('Retry-After')) || 0
    throw readProblem(response.status, response.statusText, parsed, wait)
  }
  return parsed
}

export function parseJson(raw: string): unknown {
  try {
    return raw ? (JSON.parse(raw) as unknown) : {}
  } catch {
    return {}
  }
}

export function readProblem(
  status: number,
  reason: string,
  body: unknown,
  retryAfter = 0,
): ApiProblem {
  try {
    const from = fields(body, 'problem')
    const type = optionalText(from, 'type').replace(/^(about:blank|urn:diemcau:)/, '')
    const code = optionalText(from, 'code', type || `http.${status}`)
    return new ApiProblem(
      status,
      code,
      optionalText(from, 'title'),
      optionalText(from, 'detail', reason),
      retryAfter,
    )
  } catch {
    return new ApiProblem(status, `http.${status}`, '', reason, retryAfter)
  }
}

/** The session's answer may be empty: what is not said is unknown, not wrong. */
export function readAccount(body: unknown): Account {
  return understand(() => {
    const from = fields(body ?? {}, 'session')
    const username = optionalText(from, 'username')
    return {
      name: optionalText(from, 'name', username) || username,
      role: word(from, 'role', ROLES, 'viewer'),
      unit: optionalText(from, 'unit'),
      meeting: optionalText(from, 'meeting'),
    }
  })
}

/** Lists come bare or under their own name. One bad item is left out; the rest is shown. */
function readItems<T>(body: unknown, name: string, read: (from: Fields) => T): T[] {
  return understand(() => {
    const bare = Array.isArray(body) ? body : (fields(body, name)[name] ?? fields(body, name).items)
    if (!Array.isArray(bare)) throw new Error(`no list of ${name}`)
    return bare.slice(0, MOST_ITEMS).flatMap((item) => {
      try {
        return [read(fields(item, name))]
      } catch {
        return []
      }
    })
  })
}

function readMeeting(from: Fields): MeetingSummary {
  return {
    id: text(from, 'id', 128),
    title: optionalText(from, 'title'),
    kind: optionalText(from, 'kind'),
    state: optionalText(from, 'state', 'open'),
    chair: optionalText(from, 'chair_name', optionalText(from, 'chair')),
    startsAt: optionalText(from, 'starts_at'),
    connected: optionalNumber(from, 'connected', 0, 1e6, 0),
    expected: optionalNumber(from, 'expected', 0, 1e6, 0),
    plannable: optionalText(from, 'changeable', 'nothing') !== 'nothing',
  }
}

function readRecording(from: Fields): RecordingSummary {
  return {
    id: text(from, 'id', 128),
    meetingId: optionalText(from, 'meeting_id'),
    title: optionalText(from, 'title'),
    startedAt: optionalText(from, 'started_at'),
    length: from.length_ms === null ? 0 : optionalNumber(from, 'length_ms', 0, 1e12, 0),
    bytes: from.bytes === undefined ? 0 : number(from, 'bytes', 0, 1e15),
    state: optionalText(from, 'state', 'done'),
    problem: optionalText(from, 'problem'),
    recovered: from.recovered === true,
  }
}

export function understand<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new ApiProblem(200, 'message.malformed', '', String(error))
  }
}
