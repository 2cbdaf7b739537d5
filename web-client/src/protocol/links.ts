/** The REST calls around a unit's link and PIN, and what they carry. */
import { type Account, call, readAccount, understand } from './api'
import { fields, type Fields, list, number, optionalText, text } from './decode'

/** What a link is for, before its PIN is asked. */
export interface LinkAbout {
  unit: string
  name: string
  meeting: string
  title: string
  startsAt: string
}

export interface UnitLink {
  unit: string
  name: string
  parentName: string
  /** Empty: none was made. */
  madeAt: string
  openedAt: string
  wrongPins: number
}

export interface LinkList {
  units: UnitLink[]
  mostAtOnce: number
}

/** Shown once, when it is made; nobody can read it again. */
export interface Slip {
  unit: string
  name: string
  parentName: string
  /** Empty where only the PIN is new. */
  url: string
  pin: string
}

const of = (meeting: string) => `/api/v1/meetings/${encodeURIComponent(meeting)}/links`

export async function lookAtLink(link: string): Promise<LinkAbout> {
  const body = await call('POST', '/api/v1/links/look', { link })
  return understand(() => {
    const from = fields(body, 'link')
    const meeting = fields(from.meeting, 'meeting')
    return {
      unit: text(from, 'unit', 128),
      name: text(from, 'name', 512),
      meeting: text(meeting, 'id', 128),
      title: text(meeting, 'title', 2000),
      startsAt: optionalText(meeting, 'starts_at'),
    }
  })
}

export async function signInWithLink(link: string, pin: string): Promise<Account> {
  return readAccount(await call('POST', '/api/v1/session', { link, pin }))
}

export async function listLinks(meeting: string): Promise<LinkList> {
  const body = await call('GET', of(meeting))
  return understand(() => {
    const from = fields(body, 'links')
    return {
      units: list(from, 'units', 2000, (unit) => readUnit(fields(unit, 'unit'))),
      mostAtOnce: number(from, 'most_at_once', 1, 1000),
    }
  })
}

export async function makeLinks(meeting: string, units: string[]): Promise<Slip[]> {
  const body = await call('POST', of(meeting), { units })
  return understand(() =>
    list(fields(body, 'links'), 'links', 1000, (slip) => readSlip(fields(slip, 'link'))),
  )
}

export async function renewPin(meeting: string, unit: string): Promise<Slip> {
  const body = await call('POST', `${of(meeting)}/${encodeURIComponent(unit)}/pin`, {})
  return understand(() => readSlip(fields(body, 'pin')))
}

export async function revokeLink(meeting: string, unit: string): Promise<void> {
  await call('DELETE', `${of(meeting)}/${encodeURIComponent(unit)}`)
}

function readUnit(from: Fields): UnitLink {
  const link = from.link === null ? {} : fields(from.link, 'link')
  return {
    unit: text(from, 'unit', 128),
    name: text(from, 'name', 512),
    parentName: optionalText(from, 'parent_name'),
    madeAt: optionalText(link, 'made_at'),
    openedAt: optionalText(link, 'opened_at'),
    wrongPins: link.wrong_pins === undefined ? 0 : number(link, 'wrong_pins', 0, 1e9),
  }
}

/** Where the server knows no public address, the one this page was opened by is as good. */
function readSlip(from: Fields): Slip {
  const url = optionalText(from, 'url')
  return {
    unit: text(from, 'unit', 128),
    name: text(from, 'name', 512),
    parentName: optionalText(from, 'parent_name'),
    url: url ? new URL(url, location.origin).href : '',
    pin: text(from, 'pin', 16),
  }
}
