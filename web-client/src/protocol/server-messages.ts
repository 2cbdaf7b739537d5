import { readAttendanceRows, readControl } from './control'
import {
  fields,
  type Fields,
  flag,
  list,
  MalformedField,
  number,
  optionalFlag,
  optionalNumber,
  optionalText,
  text,
  word,
} from './decode'
import {
  type Help,
  HELP_KINDS,
  LAYOUTS,
  LEVELS,
  type LineLevel,
  LINE_LEVELS,
  LINES,
  type Load,
  NOTICE_KINDS,
  RECORDING_STATES,
  type Recording,
  ROLES,
  type Seat,
  SECOND_KINDS,
  type ServerMessage,
  SITE_STATES,
  type Site,
  type SiteNotice,
  type Stage,
  type StageChoice,
  type Text,
  type Tile,
  type Uplink,
  type View,
  type Welcome,
} from './types'

export const MAX_SERVER_MESSAGE = 4 * 1024 * 1024
const MAX_SDP = 128 * 1024
const MAX_SITES = 5000
const MAX_PINNED = 25
const MAX_PIXELS = 16384
const MAX_TEXTS = 1000
const MAX_TEXT = 16 * 1024
const MAX_ID = Number.MAX_SAFE_INTEGER

export type Parsed =
  | { ok: true; message: ServerMessage }
  /** A type this client does not know: a newer server. */
  | { ok: false; reason: 'unknown'; field: string }
  | { ok: false; reason: 'malformed'; field: string }

/** Parses one text frame. Never throws. */
export function parseServerMessage(frame: unknown): Parsed {
  if (typeof frame !== 'string' || frame.length > MAX_SERVER_MESSAGE) {
    return { ok: false, reason: 'malformed', field: 'frame' }
  }
  try {
    const from = fields(JSON.parse(frame), 'frame')
    const type = text(from, 'type', 64)
    const read = Object.prototype.hasOwnProperty.call(readers, type) ? readers[type] : undefined
    if (!read) return { ok: false, reason: 'unknown', field: type }
    return { ok: true, message: read(from) }
  } catch (error) {
    const field = error instanceof MalformedField ? error.field : 'frame'
    return { ok: false, reason: 'malformed', field }
  }
}

const readers: Record<string, (from: Fields) => ServerMessage> = {
  welcome: readWelcome,
  joined: (from) => ({
    type: 'joined',
    id: number(from, 'id', 1, MAX_ID),
    sdp: text(from, 'sdp', MAX_SDP),
    seat: text(from, 'seat'),
  }),
  restarted: (from) => ({
    type: 'restarted',
    id: number(from, 'id', 1, MAX_ID),
    sdp: text(from, 'sdp', MAX_SDP),
  }),
  ok: (from) => ({ type: 'ok', id: number(from, 'id', 1, MAX_ID) }),
  pong: (from) => ({
    type: 'pong',
    id: number(from, 'id', 1, MAX_ID),
    serverTime: optionalText(from, 'server_time'),
  }),
  site: (from) => ({ type: 'site', site: readSite(from.site) }),
  sites: (from) => ({ type: 'sites', sites: list(from, 'sites', MAX_SITES, readSite) }),
  speaking: (from) => ({ type: 'speaking', seats: list(from, 'seats', MAX_SITES, readSeat) }),
  stage: (from) => ({ type: 'stage', stage: readStage(from) }),
  wish: (from) => ({ type: 'wish', wish: readWish(from) }),
  second: (from) => ({ type: 'second', seat: readOptionalSeat(from.seat) }),
  uplink: (from) => ({
    type: 'uplink',
    camera: readUplink(from.camera, 'camera'),
    screen: readUplink(from.screen, 'screen'),
  }),
  view: (from) => ({ type: 'view', view: readView(from) }),
  line: readLine,
  load: (from) => ({ type: 'load', load: readLoad(from) }),
  notice: (from) => ({
    type: 'notice',
    notice: readNotice(from),
    active: flag(from, 'active'),
  }),
  recording: (from) => ({ type: 'recording', recording: readRecording(from) }),
  control: (from) => ({ type: 'control', control: readControl(from) }),
  attendance: (from) => ({ type: 'attendance', rows: readAttendanceRows(from, 'rows') }),
  admitted: () => ({ type: 'admitted' }),
  documents: () => ({ type: 'documents' }),
  text: (from) => ({ type: 'text', text: readText(from) }),
  help: (from) => ({ type: 'help', help: readHelp(from) }),
  closed: (from) => ({
    type: 'closed',
    code: text(from, 'code', 128),
    detail: optionalText(from, 'detail'),
  }),
  error: (from) => ({
    type: 'error',
    id: from.id === undefined || from.id === null ? null : number(from, 'id', 1, MAX_ID),
    code: text(from, 'code', 128),
    title: optionalText(from, 'title'),
    detail: optionalText(from, 'detail'),
  }),
}

function readWelcome(from: Fields): Welcome {
  const meeting = fields(from.meeting, 'meeting')
  const self = fields(from.self, 'self')
  return {
    type: 'welcome',
    meeting: {
      id: text(meeting, 'id', 128),
      title: text(meeting, 'title'),
      kind: optionalText(meeting, 'kind'),
      state: optionalText(meeting, 'state', 'open'),
    },
    self: {
      seat: text(self, 'seat'),
      unit: optionalText(self, 'unit'),
      name: optionalText(self, 'name'),
      role: word(self, 'role', ROLES, 'viewer'),
    },
    serverTime: optionalText(from, 'server_time'),
    // An older server does not say.
    limit: from.limit === undefined ? 0 : number(from, 'limit', 0, MAX_ID),
    sites: list(from, 'sites', MAX_SITES, readSite),
    stage: readStage(fields(from.stage, 'stage')),
    wish: from.wish === undefined || from.wish === null ? null : readWish(from.wish),
    second: readOptionalSeat(from.second),
    recording: readRecording(fields(from.recording, 'recording')),
    control: from.control === undefined ? {} : readControl(fields(from.control, 'control')),
    attendance: readAttendanceRows(from, 'attendance'),
    // An older server has no text line.
    texts: from.texts === undefined ? [] : list(from, 'texts', MAX_TEXTS, readText),
    notices:
      from.notices === undefined
        ? []
        : list(from, 'notices', MAX_SITES, (value) => readNotice(fields(value, 'notice'))),
  }
}

function readText(value: unknown): Text {
  const from = fields(value, 'text')
  return {
    seq: number(from, 'seq', 0, MAX_ID),
    from: text(from, 'from', 256),
    name: optionalText(from, 'name'),
    to: text(from, 'to', 256),
    text: text(from, 'text', MAX_TEXT),
    at: optionalText(from, 'at'),
  }
}

function readHelp(from: Fields): Help {
  const kind = HELP_KINDS.find((each) => each === text(from, 'kind', 64))
  if (!kind) throw new MalformedField('kind')
  return { kind, name: optionalText(from, 'name'), text: optionalText(from, 'text', '', MAX_TEXT) }
}

function readNotice(from: Fields): SiteNotice {
  return { seat: text(from, 'seat'), kind: word(from, 'kind', NOTICE_KINDS, 'other') }
}

function readSite(value: unknown): Site {
  const from = fields(value, 'site')
  return {
    seat: text(from, 'seat'),
    unit: text(from, 'unit'),
    name: text(from, 'name'),
    role: word(from, 'role', ROLES, 'site'),
    parent: optionalText(from, 'parent'),
    parentName: optionalText(from, 'parent_name'),
    level: word(from, 'level', LEVELS, 'commune'),
    order: optionalNumber(from, 'order', -1e9, 1e9, 0),
    state: word(from, 'state', SITE_STATES, 'absent'),
    microphone: optionalFlag(from, 'microphone'),
    camera: optionalFlag(from, 'camera'),
    screen: optionalFlag(from, 'screen'),
    muted: optionalFlag(from, 'muted'),
    line: word(from, 'line', LINES, 'unknown'),
    expected: from.expected !== false,
  }
}

export function readStage(from: Fields): Stage {
  return { layout: text(from, 'layout', 64), ...readCanvas(from) }
}

function readWish(value: unknown): StageChoice {
  const from = fields(value, 'wish')
  return {
    layout: word(from, 'layout', LAYOUTS, 'auto'),
    pinned: list(from, 'pinned', MAX_PINNED, readSeat),
  }
}

function readCanvas(from: Fields): Pick<Stage, 'width' | 'height' | 'tiles'> {
  const canvas = fields(from.canvas, 'canvas')
  return {
    width: number(canvas, 'width', 1, MAX_PIXELS),
    height: number(canvas, 'height', 1, MAX_PIXELS),
    tiles: list(from, 'tiles', MAX_SITES, readTile),
  }
}

function readTile(value: unknown): Tile {
  const from = fields(value, 'tile')
  return {
    seat: text(from, 'seat'),
    kind: optionalText(from, 'kind', 'camera'),
    x: number(from, 'x', 0, MAX_PIXELS),
    y: number(from, 'y', 0, MAX_PIXELS),
    w: number(from, 'w', 0, MAX_PIXELS),
    h: number(from, 'h', 0, MAX_PIXELS),
    state: optionalText(from, 'state', 'live'),
    floor: optionalFlag(from, 'floor'),
  }
}

function readUplink(value: unknown, name: string): Uplink {
  const from = fields(value, name)
  return {
    active: flag(from, 'active'),
    width: optionalNumber(from, 'width', 0, MAX_PIXELS, 0),
    height: optionalNumber(from, 'height', 0, MAX_PIXELS, 0),
    fps: optionalNumber(from, 'fps', 0, 240, 0),
    bitrate: optionalNumber(from, 'bitrate', 0, 1e9, 0),
    thumbnail: optionalFlag(from, 'thumbnail'),
  }
}

function readView(from: Fields): View {
  const kind = word(from, 'kind', SECOND_KINDS, 'slides')
  const view: View = {
    kind,
    seat: readOptionalSeat(from.seat),
    page: 0,
    pages: 0,
    width: 0,
    height: 0,
    tiles: [],
  }
  if (kind !== 'wall') return view
  const { width, height, tiles } = readCanvas(from)
  return {
    ...view,
    page: number(from, 'page', 0, MAX_SITES),
    pages: number(from, 'pages', 0, MAX_SITES),
    width,
    height,
    tiles,
  }
}

function readLine(from: Fields): ServerMessage {
  const level = lineLevel(text(from, 'level', 64))
  // A level of a newer server: better unsaid than said wrongly.
  if (!level) throw new MalformedField('level')
  return { type: 'line', level, most: lineLevel(optionalText(from, 'most')) }
}

const lineLevel = (word: string): LineLevel | null =>
  LINE_LEVELS.find((each) => each === word) ?? null

function readLoad(from: Fields): Load {
  return {
    level: number(from, 'level', 0, 1000),
    shed: list(from, 'shed', 64, readWord),
    cpu: number(from, 'cpu', 0, 1e6),
    sites: number(from, 'sites', 0, 1e6),
    limit: number(from, 'limit', 0, 1e6),
  }
}

function readWord(value: unknown): string {
  if (typeof value !== 'string' || value.length > 64) throw new MalformedField('word')
  return value
}

function readRecording(from: Fields): Recording {
  return {
    state: word(from, 'state', RECORDING_STATES, 'none'),
    id: optionalText(from, 'id'),
    startedAt: optionalText(from, 'started_at'),
    length: optionalNumber(from, 'length', 0, 1e12, 0),
    problem: optionalText(from, 'problem'),
  }
}

function readSeat(value: unknown): Seat {
  if (typeof value !== 'string' || value.length > 256) throw new MalformedField('seat')
  return value
}

function readOptionalSeat(value: unknown): Seat | null {
  return value === null || value === undefined || value === '' ? null : readSeat(value)
}
