/** The REST calls with which a meeting is planned, and what they carry. */
import { call, understand } from './api'
import {
  fields,
  type Fields,
  flag,
  list,
  number,
  optionalNumber,
  optionalText,
  text,
  word,
} from './decode'
import { LEVELS, type Level } from './types'

export const STATES = ['draft', 'invited', 'trial', 'lobby', 'open', 'adjourned', 'closed'] as const
export type MeetingState = (typeof STATES)[number]

export interface Unit {
  code: string
  parent: string
  level: Level
  name: string
}

export interface UnitCatalogue {
  name: string
  /** In reading order, the root first. */
  units: Unit[]
}

export interface MeetingKind {
  code: string
  minutes: number
  longestMinutes: number
  speakingMinutes: number
}

export interface AgendaItem {
  /** 0: not saved yet. */
  id: number
  title: string
  speaker: string
  minutes: number
  speakingMinutes: number
}

/** What a person writes; moments are RFC 3339 or empty. */
export interface PlanBody {
  title: string
  kind: string
  place: string
  chair: string
  secretary: string
  expect: string
  speaking_minutes: number
  starts_at: string | null
  ends_at: string | null
  agenda: {
    id: number
    title: string
    speaker: string
    minutes: number
    speaking_minutes: number
  }[]
}

export interface MeetingPlan {
  id: string
  revision: number
  state: MeetingState
  opened: boolean
  title: string
  kind: string
  place: string
  chair: string
  secretary: string
  startsAt: string
  endsAt: string
  speakingMinutes: number
  agenda: AgendaItem[]
  expectedUnits: string[]
  changeable: 'all' | 'course' | 'nothing'
  steps: MeetingState[]
}

export const CLASHES = [
  'chair',
  'secretary',
  'sites',
  'capacity',
  'past',
  'short_notice',
  'too_long',
  'agenda_over',
  'speaker',
] as const
export interface Clash {
  kind: (typeof CLASHES)[number]
  serious: boolean
  count: number
  limit: number
  units: string[]
  /** The other meeting: its title where one may know it, and when it is. */
  meeting: { title: string; startsAt: string } | null
}

const address = (id: string) => `/api/v1/meetings/${encodeURIComponent(id)}`
const seen = (revision: number) => ({ 'If-Match': `"${revision}"` })

/** The units in force on a day ("2026-11-24"), or today. */
export async function listUnits(date = ''): Promise<UnitCatalogue> {
  const body = await call('GET', `/api/v1/units${date && `?date=${encodeURIComponent(date)}`}`)
  return understand(() => {
    const from = fields(body, 'units')
    return { name: text(from, 'catalogue'), units: list(from, 'units', 20_000, readUnit) }
  })
}

export async function listKinds(): Promise<{ kinds: MeetingKind[]; maxSites: number }> {
  const body = await call('GET', '/api/v1/meeting-kinds')
  return understand(() => {
    const from = fields(body, 'kinds')
    return {
      kinds: list(from, 'kinds', 100, readKind),
      maxSites: number(from, 'max_sites', 1, 1e6),
    }
  })
}

export async function readPlan(id: string): Promise<MeetingPlan> {
  return toPlan(await call('GET', address(id)))
}

export async function createPlan(body: PlanBody): Promise<MeetingPlan> {
  return toPlan(await call('POST', '/api/v1/meetings', { ...body, open: false }))
}

export async function savePlan(id: string, revision: number, body: Partial<PlanBody>) {
  return toPlan(await call('PATCH', address(id), body, seen(revision)))
}

export async function takeStep(id: string, revision: number, to: MeetingState) {
  return toPlan(await call('POST', `${address(id)}/state`, { to }, seen(revision)))
}

/** `id`: the meeting this is a change of; empty for a new one. */
export async function findClashes(body: PlanBody, id: string): Promise<Clash[]> {
  const answer = await call('POST', '/api/v1/meetings/clashes', id ? { ...body, id } : body)
  return understand(() => list(fields(answer, 'clashes'), 'clashes', 1000, readClash))
}

function readUnit(value: unknown): Unit {
  const from = fields(value, 'unit')
  return {
    code: text(from, 'code'),
    parent: optionalText(from, 'parent'),
    level: word(from, 'level', LEVELS, 'commune'),
    name: optionalText(from, 'display_name', text(from, 'name')),
  }
}

function readKind(value: unknown): MeetingKind {
  const from = fields(value, 'kind')
  return {
    code: text(from, 'code'),
    minutes: number(from, 'minutes', 1, 1e6),
    longestMinutes: number(from, 'longest_minutes', 1, 1e6),
    speakingMinutes: number(from, 'speaking_minutes', 0, 1e6),
  }
}

function readItem(value: unknown): AgendaItem {
  const from = fields(value, 'agenda')
  return {
    id: number(from, 'id', 0, 1e9),
    title: text(from, 'title'),
    speaker: optionalText(from, 'speaker'),
    minutes: optionalNumber(from, 'minutes', 0, 1e6, 0),
    speakingMinutes: optionalNumber(from, 'speaking_minutes', 0, 1e6, 0),
  }
}

function readClash(value: unknown): Clash {
  const from = fields(value, 'clash')
  const meeting = from.meeting === undefined ? null : fields(from.meeting, 'meeting')
  return {
    kind: word(from, 'kind', CLASHES, 'sites'),
    serious: flag(from, 'serious'),
    count: number(from, 'count', 0, 1e9),
    limit: number(from, 'limit', 0, 1e9),
    units: list(from, 'units', 20_000, (unit) => text(fields(unit, 'unit'), 'name')),
    meeting: meeting && {
      title: optionalText(meeting, 'title'),
      startsAt: optionalText(meeting, 'starts_at'),
    },
  }
}

const asText = (value: unknown): string => text({ value }, 'value')
const state = (from: Fields): MeetingState => word(from, 'state', STATES, 'closed')

function toPlan(body: unknown): MeetingPlan {
  return understand(() => {
    const from = fields(body, 'meeting')
    return {
      id: text(from, 'id', 128),
      revision: number(from, 'revision', 1, 1e15),
      state: state(from),
      opened: optionalText(from, 'opened_at') !== '',
      title: optionalText(from, 'title'),
      kind: optionalText(from, 'kind'),
      place: optionalText(from, 'place'),
      chair: optionalText(from, 'chair'),
      secretary: optionalText(from, 'secretary'),
      startsAt: optionalText(from, 'starts_at'),
      endsAt: optionalText(from, 'ends_at'),
      speakingMinutes: optionalNumber(from, 'speaking_minutes', 0, 1e6, 0),
      agenda: list(from, 'agenda', 1000, readItem),
      expectedUnits: list(from, 'expected_units', 20_000, asText),
      changeable: word(from, 'changeable', ['all', 'course', 'nothing'] as const, 'nothing'),
      steps: list(from, 'steps', 16, asText).filter((step): step is MeetingState =>
        (STATES as readonly string[]).includes(step),
      ),
    }
  })
}
