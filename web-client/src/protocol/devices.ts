/** The REST calls of enrolled devices and of the page they show. */
import { call, understand } from './api'
import { fields, type Fields, flag, list, number, optionalText, text, word } from './decode'

export interface EnrolmentRequest {
  /** Shown on the device and typed elsewhere. */
  code: string
  /** The device's own proof that it asked. */
  deviceCode: string
  /** Seconds. */
  expiresIn: number
  interval: number
}

export interface Device {
  id: string
  unit: string
  unitName: string
  name: string
  enrolledBy: string
  enrolledAt: string
  seenAt: string
}

export interface Kiosk {
  unitName: string
  name: string
  serverTime: string
  askAgain: number
  meeting: {
    id: string
    title: string
    state: string
    startsAt: string
    enter: boolean
    /** Somebody sits in the unit's seat now. */
    seated: boolean
  } | null
}

export async function askToEnrol(): Promise<EnrolmentRequest> {
  const body = await call('POST', '/api/v1/devices/requests', {})
  return understand(() => {
    const from = fields(body, 'request')
    return {
      code: text(from, 'code', 16),
      deviceCode: text(from, 'device_code', 128),
      expiresIn: number(from, 'expires_in', 1, 86_400),
      interval: number(from, 'interval', 1, 3600),
    }
  })
}

/** True when somebody has typed the code; the answer then sets the device's cookie. */
export async function takeEnrolment(deviceCode: string): Promise<boolean> {
  const body = await call('POST', '/api/v1/devices/requests/take', { device_code: deviceCode })
  return understand(
    () => word(fields(body, 'state'), 'state', ['waiting', 'enrolled'], 'waiting') === 'enrolled',
  )
}

/** The device's cookie for a session; 401 when this browser is not enrolled. */
export async function signInAsDevice(): Promise<void> {
  await call('POST', '/api/v1/session', { device: true })
}

export async function readKiosk(): Promise<Kiosk> {
  const body = await call('GET', '/api/v1/kiosk')
  return understand(() => {
    const from = fields(body, 'kiosk')
    return {
      unitName: text(from, 'unit_name', 512),
      name: text(from, 'name', 512),
      serverTime: text(from, 'server_time', 64),
      askAgain: number(from, 'ask_again_s', 1, 3600),
      meeting: from.meeting === null ? null : readMeeting(fields(from.meeting, 'meeting')),
    }
  })
}

export async function lookAtRequest(code: string): Promise<{ address: string; browser: string }> {
  const body = await call('GET', `/api/v1/devices/requests/${encodeURIComponent(code)}`)
  return understand(() => {
    const from = fields(body, 'request')
    return { address: text(from, 'address', 128), browser: text(from, 'browser', 512) }
  })
}

export async function enrolDevice(code: string, unit: string, name: string): Promise<Device> {
  const body = await call('POST', '/api/v1/devices', { code, unit, name })
  return understand(() => readDevice(fields(body, 'device')))
}

export async function listDevices(): Promise<Device[]> {
  const body = await call('GET', '/api/v1/devices')
  return understand(() =>
    list(fields(body, 'devices'), 'devices', 5000, (item) => readDevice(fields(item, 'device'))),
  )
}

export async function revokeDevice(id: string): Promise<void> {
  await call('DELETE', `/api/v1/devices/${encodeURIComponent(id)}`)
}

function readMeeting(from: Fields): NonNullable<Kiosk['meeting']> {
  return {
    id: text(from, 'id', 128),
    title: text(from, 'title', 2000),
    state: text(from, 'state', 32),
    startsAt: optionalText(from, 'starts_at'),
    enter: flag(from, 'enter'),
    seated: flag(from, 'seated'),
  }
}

function readDevice(from: Fields): Device {
  return {
    id: text(from, 'id', 64),
    unit: text(from, 'unit', 128),
    unitName: text(from, 'unit_name', 512),
    name: text(from, 'name', 512),
    enrolledBy: optionalText(from, 'enrolled_by'),
    enrolledAt: optionalText(from, 'enrolled_at'),
    seenAt: optionalText(from, 'seen_at'),
  }
}
