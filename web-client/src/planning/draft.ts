/** A plan while it is written: what the form holds, and how it becomes a request. Pure. */
import type { AgendaItem, MeetingKind, MeetingPlan, PlanBody, Unit } from '@/protocol/planning'
import { selectorOf } from './unit-tree'

export interface DraftItem extends AgendaItem {
  /** Keeps its place in the page while rows move. */
  key: number
}

export interface Draft {
  title: string
  kind: string
  place: string
  chair: string
  secretary: string
  /** As `<input type="datetime-local">` has them: "2026-11-24T08:00", on this machine's clock. */
  startsAt: string
  endsAt: string
  speakingMinutes: number
  agenda: DraftItem[]
  chosen: Set<string>
}

let lastKey = 0
export const newItem = (): DraftItem => ({
  key: ++lastKey,
  id: 0,
  title: '',
  speaker: '',
  minutes: 0,
  speakingMinutes: 0,
})

export const emptyDraft = (): Draft => ({
  title: '',
  kind: '',
  place: '',
  chair: '',
  secretary: '',
  startsAt: '',
  endsAt: '',
  speakingMinutes: 0,
  agenda: [],
  chosen: new Set(),
})

export function draftOf(plan: MeetingPlan): Draft {
  return {
    title: plan.title,
    kind: plan.kind,
    place: plan.place,
    chair: plan.chair,
    secretary: plan.secretary,
    startsAt: toLocal(plan.startsAt),
    endsAt: toLocal(plan.endsAt),
    speakingMinutes: plan.speakingMinutes,
    agenda: plan.agenda.map((item) => ({ ...item, key: ++lastKey })),
    chosen: new Set(plan.expectedUnits),
  }
}

/** Names are sent in composed letters, however the keyboard made them. */
const tidy = (text: string) => text.normalize('NFC').trim()

export function bodyOf(draft: Draft, units: Unit[]): PlanBody {
  return {
    title: tidy(draft.title),
    kind: tidy(draft.kind),
    place: tidy(draft.place),
    chair: draft.chair,
    secretary: draft.secretary,
    expect: selectorOf(units, draft.chosen),
    speaking_minutes: whole(draft.speakingMinutes),
    starts_at: toMoment(draft.startsAt),
    ends_at: draft.startsAt ? toMoment(draft.endsAt) : null,
    agenda: draft.agenda
      .filter((item) => tidy(item.title) !== '')
      .map((item) => ({
        id: item.id,
        title: tidy(item.title),
        speaker: item.speaker,
        minutes: whole(item.minutes),
        speaking_minutes: whole(item.speakingMinutes),
      })),
  }
}

/** A field that was emptied holds no number. */
const whole = (value: unknown): number => {
  const number = Math.round(Number(value))
  return Number.isFinite(number) ? number : 0
}

/** A kind proposes what is still unset: an end by its usual length, its usual speaking time. */
export function propose(draft: Draft, kind: MeetingKind | undefined): void {
  if (!kind) return
  if (draft.startsAt && !draft.endsAt) draft.endsAt = plusMinutes(draft.startsAt, kind.minutes)
  if (whole(draft.speakingMinutes) === 0) draft.speakingMinutes = kind.speakingMinutes
}

/** The item moved by one; where it stands then. */
export function moveItem(draft: Draft, from: number, by: 1 | -1): number {
  const to = from + by
  const item = draft.agenda[from]
  if (!item || to < 0 || to >= draft.agenda.length) return from
  draft.agenda.splice(from, 1)
  draft.agenda.splice(to, 0, item)
  return to
}

/** When each item begins, "08:05", as long as those before it have a length; else empty. */
export function itemTimes(draft: Draft): string[] {
  let at = draft.startsAt
  return draft.agenda.map((item) => {
    const begins = at
    const minutes = whole(item.minutes)
    at = at && minutes > 0 ? plusMinutes(at, minutes) : ''
    return begins.slice(11, 16)
  })
}

const pad = (value: number) => String(value).padStart(2, '0')

function local(date: Date): string {
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  return `${day}T${pad(date.getHours())}:${pad(date.getMinutes())}`
}

export function plusMinutes(value: string, minutes: number): string {
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? '' : local(new Date(date.getTime() + minutes * 60_000))
}

export function toLocal(moment: string): string {
  const date = new Date(moment)
  return moment === '' || Number.isNaN(date.getTime()) ? '' : local(date)
}

export function toMoment(value: string): string | null {
  const date = new Date(value)
  return value === '' || Number.isNaN(date.getTime()) ? null : date.toISOString()
}
