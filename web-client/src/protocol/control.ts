import {
  fields,
  type Fields,
  flag,
  list,
  number,
  optionalFlag,
  optionalNumber,
  optionalText,
  text,
  word,
} from './decode'
import type { Seat } from './types'

/** PROTOCOL.md, "The control room". Times are ms at the moment the server sent them. */

export const PRESENCES = ['unanswered', 'head', 'substitute', 'absent'] as const
export type Presence = (typeof PRESENCES)[number]
export const ROLL_CALL_STATES = ['none', 'open', 'closed'] as const
export type RollCallState = (typeof ROLL_CALL_STATES)[number]

export interface Room {
  state: string
  locked: boolean
  allMuted: boolean
  coChairs: Seat[]
  waiting: Seat[]
  removed: Seat[]
}
export interface AgendaItem {
  position: number
  title: string
  /** A unit's code; empty: nobody in particular. */
  speaker: string
  minutes: number
  speakingMinutes: number
}
export interface Agenda {
  items: AgendaItem[]
  /** 0: not begun. */
  current: number
}
export interface Floor {
  holder: { seat: Seat; elapsed: number; allotted: number } | null
  queue: { seat: Seat; waited: number }[]
}
export interface RollCall {
  state: RollCallState
  tour: { seat: Seat; left: number; done: number; of: number } | null
}
export interface Attendance {
  seat: Seat
  presence: Presence
  late: boolean
  person: string
  position: string
  reason: string
  consent: string
}
export const VOTE_STATES = ['open', 'closed', 'announced'] as const
export interface Ballot {
  agree: number
  disagree: number
  other: number
}
export interface Vote {
  number: number
  question: string
  state: (typeof VOTE_STATES)[number]
  secret: boolean
  by: 'site' | 'delegate'
  /** Percent of the eligible seats. */
  quorum: number
  eligible: number
  voted: Seat[]
  /** Null until announced. */
  result: Ballot | null
  quorate: boolean
  /** Of a named vote, once announced. */
  ballots: (Ballot & { seat: Seat; opinion: string })[]
}
/** The sections that changed; in `welcome` all. */
export interface Control {
  room?: Room
  agenda?: Agenda
  floor?: Floor
  rollCall?: RollCall
  vote?: Vote
}

export type ControlRequest =
  | { type: 'floor.request' | 'floor.withdraw' | 'floor.end' | 'agenda.next' }
  | { type: 'floor.call'; seat: Seat; seconds?: number }
  | { type: 'floor.extend'; seconds: number }
  | { type: 'floor.decline'; seat: Seat }
  | { type: 'floor.reorder'; seats: Seat[] }
  | { type: 'agenda.go'; item: number }
  | { type: 'roll_call.open' | 'roll_call.stop_tour' | 'roll_call.close' }
  | {
      type: 'roll_call.answer'
      presence: Presence
      person: string
      position: string
      reason: string
    }
  | {
      type: 'roll_call.mark'
      seat: Seat
      presence: Presence
      person: string
      position: string
      reason: string
    }
  | { type: 'roll_call.consent'; seat: Seat; granted: boolean }
  | { type: 'roll_call.tour'; seconds: number }
  | { type: 'room.admit_expected' | 'room.lock' | 'room.unlock' }
  | { type: 'room.mute_all' | 'room.unmute_all' }
  | { type: 'room.admit' | 'room.restore' | 'room.delegate' | 'room.withdraw'; seat: Seat }
  | { type: 'vote.open'; question: string; secret: boolean; by: string; quorum: number }
  | ({ type: 'vote.cast'; opinion: string } & Ballot)
  | { type: 'vote.close' | 'vote.announce' }
  | { type: 'room.remove'; seat: Seat; reason: string }

const MAX_SEATS = 5000
const MAX_ITEMS = 1000
const MAX_MS = 1e12

export function readControl(from: Fields): Control {
  const control: Control = {}
  if (from.room !== undefined) control.room = readRoom(fields(from.room, 'room'))
  if (from.agenda !== undefined) control.agenda = readAgenda(fields(from.agenda, 'agenda'))
  if (from.floor !== undefined) control.floor = readFloor(fields(from.floor, 'floor'))
  if (from.roll_call !== undefined) {
    control.rollCall = readRollCall(fields(from.roll_call, 'roll_call'))
  }
  if (from.vote !== undefined) control.vote = readVote(fields(from.vote, 'vote'))
  return control
}

export function readAttendance(value: unknown): Attendance {
  const from = fields(value, 'row')
  return {
    seat: text(from, 'seat', 256),
    presence: word(from, 'presence', PRESENCES, 'unanswered'),
    late: optionalFlag(from, 'late'),
    person: optionalText(from, 'person'),
    position: optionalText(from, 'position'),
    reason: optionalText(from, 'reason'),
    consent: optionalText(from, 'consent'),
  }
}

export const readAttendanceRows = (from: Fields, name: string): Attendance[] =>
  from[name] === undefined ? [] : list(from, name, MAX_SEATS, readAttendance)

function readSeats(from: Fields, name: string): Seat[] {
  return list(from, name, MAX_SEATS, (each) => text({ each }, 'each', 256))
}

function readRoom(from: Fields): Room {
  return {
    state: optionalText(from, 'state', 'open'),
    locked: flag(from, 'locked'),
    allMuted: flag(from, 'all_muted'),
    coChairs: readSeats(from, 'co_chairs'),
    waiting: readSeats(from, 'waiting'),
    removed: readSeats(from, 'removed'),
  }
}

function readAgenda(from: Fields): Agenda {
  return {
    items: list(from, 'items', MAX_ITEMS, (each) => {
      const item = fields(each, 'item')
      return {
        position: number(item, 'position', 1, MAX_ITEMS),
        title: text(item, 'title'),
        speaker: optionalText(item, 'speaker'),
        minutes: optionalNumber(item, 'minutes', 0, 1e6, 0),
        speakingMinutes: optionalNumber(item, 'speaking_minutes', 0, 1e6, 0),
      }
    }),
    current: number(from, 'current', 0, MAX_ITEMS),
  }
}

function readFloor(from: Fields): Floor {
  const holder = from.holder === null ? null : fields(from.holder, 'holder')
  return {
    holder: holder && {
      seat: text(holder, 'seat', 256),
      elapsed: number(holder, 'elapsed', 0, MAX_MS),
      allotted: number(holder, 'allotted', 0, MAX_MS),
    },
    queue: list(from, 'queue', MAX_SEATS, (each) => {
      const waiting = fields(each, 'waiting')
      return { seat: text(waiting, 'seat', 256), waited: number(waiting, 'waited', 0, MAX_MS) }
    }),
  }
}

function readBallot(from: Fields): Ballot {
  return {
    agree: number(from, 'agree', 0, 1e9),
    disagree: number(from, 'disagree', 0, 1e9),
    other: number(from, 'other', 0, 1e9),
  }
}

function readVote(from: Fields): Vote {
  return {
    number: number(from, 'number', 1, 1e6),
    question: text(from, 'question'),
    state: word(from, 'state', VOTE_STATES, 'closed'),
    secret: flag(from, 'secret'),
    by: word(from, 'by', ['site', 'delegate'] as const, 'site'),
    quorum: number(from, 'quorum', 0, 100),
    eligible: number(from, 'eligible', 0, MAX_SEATS),
    voted: readSeats(from, 'voted'),
    result: from.result === null ? null : readBallot(fields(from.result, 'result')),
    quorate: flag(from, 'quorate'),
    ballots: list(from, 'ballots', MAX_SEATS, (each) => {
      const named = fields(each, 'ballot')
      return {
        ...readBallot(named),
        seat: text(named, 'seat', 256),
        opinion: optionalText(named, 'opinion'),
      }
    }),
  }
}

function readRollCall(from: Fields): RollCall {
  const tour = from.tour === null ? null : fields(from.tour, 'tour')
  return {
    state: word(from, 'state', ROLL_CALL_STATES, 'none'),
    tour: tour && {
      seat: text(tour, 'seat', 256),
      left: number(tour, 'left', 0, MAX_MS),
      done: number(tour, 'done', 0, MAX_SEATS),
      of: number(tour, 'of', 0, MAX_SEATS),
    },
  }
}
