/** The test room and what was found in it (PROTOCOL.md, "The test room"). */
import type { Figures } from '@/checks/figures'
import { call, understand } from './api'
import { readFigures, writeFigures } from './check-figures'
import {
  type Fields,
  fields,
  list,
  number,
  optionalFlag,
  optionalNumber,
  optionalText,
  text,
  word,
} from './decode'
import { type HelpKind, type Level, LEVELS, type Seat } from './types'

export interface TestRoom {
  id: string
  sdp: string
  /** Milliseconds. */
  record: number
}

export type TestStep = 'record' | 'play' | 'tone' | 'probe'

const MOST_MS = 600_000
const path = (id: string) => `/api/v1/checks/${encodeURIComponent(id)}`

export async function openTestRoom(sdp: string, device: string): Promise<TestRoom> {
  const body = await call('POST', '/api/v1/checks', { sdp, device })
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

export const VERDICTS = ['unknown', 'ok', 'warn', 'bad'] as const
export type Verdict = (typeof VERDICTS)[number]

export interface Finding {
  item: string
  verdict: Verdict
  /** Names the sentence that says what to do; empty where there is nothing to do. */
  code: string
}

export interface Judged {
  verdict: Verdict
  findings: Finding[]
}

/** What a device found, newest first in a row of the board. */
export interface SiteCheck extends Judged {
  at: string
  device: string
  figures: Figures
}

export interface BoardSite {
  unit: string
  name: string
  parent: string
  parentName: string
  level: Level
  order: number
  /** Where its page is open in the meeting now. */
  seat: Seat | null
  checks: SiteCheck[]
}

export interface Board {
  title: string
  /** Whether the one who asks may help the sites from here. */
  mayHelp: boolean
  /** The server's clock when it was asked. */
  now: string
  sites: BoardSite[]
}

export async function reportFigures(
  id: string,
  device: { id: string; name: string },
  figures: Figures,
): Promise<Judged> {
  const body = await call('PUT', `/api/v1/check-results/${encodeURIComponent(id)}`, {
    device: device.id,
    device_name: device.name,
    figures: writeFigures(figures),
  })
  return understand(() => readJudged(fields(body, 'result')))
}

export async function loadBoard(meeting: string): Promise<Board> {
  const body = await call('GET', `/api/v1/meetings/${encodeURIComponent(meeting)}/checks`)
  return understand(() => {
    const from = fields(body, 'board')
    return {
      title: text(fields(from.meeting, 'meeting'), 'title'),
      mayHelp: optionalFlag(from, 'may_help'),
      now: text(from, 'now', 64),
      sites: list(from, 'sites', 5000, (item) => readSite(fields(item, 'site'))),
    }
  })
}

/** Resolves when it was passed on to the site's page. */
export async function sendHelp(
  meeting: string,
  seat: Seat,
  kind: HelpKind,
  words?: string,
): Promise<void> {
  const path = `/api/v1/meetings/${encodeURIComponent(meeting)}/help`
  await call('POST', path, kind === 'message' ? { kind, seat, text: words } : { kind, seat })
}

function readJudged(from: Fields): Judged {
  return {
    verdict: word(from, 'verdict', VERDICTS, 'unknown'),
    findings: list(from, 'findings', 50, (item) => {
      const finding = fields(item, 'finding')
      return {
        item: text(finding, 'item', 32),
        verdict: word(finding, 'verdict', VERDICTS, 'unknown'),
        code: optionalText(finding, 'code', '', 64),
      }
    }),
  }
}

function readSite(from: Fields): BoardSite {
  return {
    unit: text(from, 'unit', 64),
    name: text(from, 'name'),
    parent: text(from, 'parent', 64),
    parentName: text(from, 'parent_name'),
    level: word(from, 'level', LEVELS, 'commune'),
    order: number(from, 'order', 0, 1e9),
    seat: optionalText(from, 'seat', '', 64) || null,
    checks: list(from, 'checks', 20, (item) => {
      const check = fields(item, 'check')
      return {
        ...readJudged(check),
        at: text(check, 'at', 64),
        device: text(check, 'device_name', 256),
        figures: readFigures(fields(check.figures, 'figures')),
      }
    }),
  }
}
