/**
 * signaling/PROTOCOL.md restated as types: what the pages know of a meeting. Names are those of the
 * client; `serialize.ts` and `server-messages.ts` are the only places that see JSON.
 * Durations are milliseconds, moments are RFC 3339 strings, sizes are pixels, bitrates are bit/s.
 */

import type { Attendance, Control, ControlRequest } from './control'

export const ROLES = ['admin', 'chair', 'secretary', 'site', 'viewer'] as const
export type Role = (typeof ROLES)[number]

export const LEVELS = ['province', 'department', 'district', 'commune'] as const
export type Level = (typeof LEVELS)[number]

export const SITE_STATES = ['absent', 'connected', 'reconnecting'] as const
export type SiteState = (typeof SITE_STATES)[number]

export const LINES = ['good', 'fair', 'poor', 'unknown'] as const
export type Line = (typeof LINES)[number]

export const LAYOUTS = ['auto', 'grid', 'speaker', 'speaker_strip', 'slides', 'single'] as const
export type Layout = (typeof LAYOUTS)[number]

export const RECORDING_STATES = ['none', 'recording', 'finishing', 'failed'] as const
export type RecordingState = (typeof RECORDING_STATES)[number]

/** What a page's line carries, from most to least. */
export const LINE_LEVELS = ['1080p', '720p', '360p', '180p', 'slides', 'sound'] as const
export type LineLevel = (typeof LINE_LEVELS)[number]

export const SECOND_KINDS = ['slides', 'site', 'wall'] as const
export type SecondKind = (typeof SECOND_KINDS)[number]

export type Seat = string

export interface Size {
  width: number
  height: number
}

export interface MediaState {
  microphone: boolean
  camera: boolean
  screen: boolean
}

export interface Site extends MediaState {
  seat: Seat
  unit: string
  name: string
  role: Role
  parent: string
  parentName: string
  level: Level
  order: number
  state: SiteState
  /** Hard mute by the chair: nothing this site sends is heard. */
  muted: boolean
  line: Line
  /** False: it came without having been asked, and counts in no "248 of 266". */
  expected: boolean
}

export interface Tile {
  seat: Seat
  kind: string
  x: number
  y: number
  w: number
  h: number
  state: string
  floor: boolean
}

export interface Stage {
  /** The layout in effect, never a wish. */
  layout: string
  width: number
  height: number
  tiles: Tile[]
}

/** What the server needs of one picture of this site. */
export interface Uplink {
  active: boolean
  width: number
  height: number
  fps: number
  bitrate: number
  /** Of a camera: whether its small layer is wanted as well. */
  thumbnail: boolean
}

/** What this page asks its second picture to show. */
export type SecondChoice =
  { kind: 'slides' } | { kind: 'site'; seat: Seat } | { kind: 'wall'; page: number }

/** What it shows; all but `kind` and `seat` are of the wall only. */
export interface View {
  kind: SecondKind
  /** Whose picture arrives; null: none now. */
  seat: Seat | null
  page: number
  pages: number
  width: number
  height: number
  tiles: Tile[]
}

/** How the server's machine bears the meeting, for who manages it. */
export interface Load {
  /** 0: nothing is shed. */
  level: number
  shed: string[]
  /** Of all cores, 0 to 1. */
  cpu: number
  sites: number
  limit: number
}

export interface Recording {
  state: RecordingState
  id: string
  startedAt: string
  length: number
  problem: string
}

export interface Self {
  seat: Seat
  unit: string
  name: string
  role: Role
}

export interface MeetingInfo {
  id: string
  title: string
  kind: string
  state: string
}

/** A word between the sites and the secretariat. */
export interface Text {
  /** Its number in the meeting's log. */
  seq: number
  from: Seat
  name: string
  /** 'secretariat', 'all' or a seat. */
  to: string
  text: string
  at: string
}

export const HELP_KINDS = ['tone', 'recheck', 'message'] as const
export type HelpKind = (typeof HELP_KINDS)[number]
/** What somebody far away asks of this room: a tone, another check, to read some words. */
export interface Help {
  kind: HelpKind
  /** Who asks. */
  name: string
  text: string
}

/** What is wrong with what a site sends. */
export const NOTICE_KINDS = [
  'echo',
  'microphone.silent',
  'microphone.clipping',
  'camera.black',
  'camera.frozen',
] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number] | 'other'
export interface SiteNotice {
  seat: Seat
  kind: NoticeKind
}

/** What who manages the meeting wants on the stage. */
export interface StageChoice {
  layout: Layout
  /** The first is most wanted. */
  pinned: Seat[]
}

export interface Welcome {
  type: 'welcome'
  meeting: MeetingInfo
  self: Self
  serverTime: string
  /** So many of one's kind, sites or viewers, find a place; 0 where that is not known. */
  limit: number
  sites: Site[]
  stage: Stage
  /** Null for who may not manage the meeting. */
  wish: StageChoice | null
  second: Seat | null
  recording: Recording
  control: Control
  attendance: Attendance[]
  texts: Text[]
  notices: SiteNotice[]
}

export type ServerMessage =
  | Welcome
  | { type: 'joined'; id: number; sdp: string; seat: Seat }
  | { type: 'restarted'; id: number; sdp: string }
  | { type: 'ok'; id: number }
  | { type: 'pong'; id: number; serverTime: string }
  | { type: 'site'; site: Site }
  | { type: 'sites'; sites: Site[] }
  | { type: 'speaking'; seats: Seat[] }
  | { type: 'stage'; stage: Stage }
  | { type: 'wish'; wish: StageChoice }
  | { type: 'second'; seat: Seat | null }
  | { type: 'uplink'; camera: Uplink; screen: Uplink }
  | { type: 'view'; view: View }
  | { type: 'line'; level: LineLevel; most: LineLevel | null }
  | { type: 'load'; load: Load }
  | { type: 'notice'; notice: SiteNotice; active: boolean }
  | { type: 'recording'; recording: Recording }
  | { type: 'control'; control: Control }
  | { type: 'attendance'; rows: Attendance[] }
  | { type: 'admitted' }
  /** The list of documents is to be asked for again. */
  | { type: 'documents' }
  | { type: 'text'; text: Text }
  | { type: 'help'; help: Help }
  | { type: 'closed'; code: string; detail: string }
  | { type: 'error'; id: number | null; code: string; title: string; detail: string }

/** Messages that answer a request carry its `id`. */
export type Answer = Extract<ServerMessage, { type: 'joined' | 'restarted' | 'ok' | 'pong' }>

export type ClientMessage = { type: 'media'; media: MediaState } | { type: 'leave' }
export type ClientRequest =
  | { type: 'join'; sdp: string; media: MediaState; display: Size }
  | { type: 'restart'; sdp: string }
  | { type: 'stage'; layout: Layout; pinned: Seat[] }
  | { type: 'mute'; seat: Seat; muted: boolean }
  | { type: 'view'; second: SecondChoice }
  /** To 'secretariat', 'all' or a seat. */
  | { type: 'text'; to: string; text: string }
  | { type: 'ping' }
  | ControlRequest
