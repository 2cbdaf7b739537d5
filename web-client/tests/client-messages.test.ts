import { expect, it } from 'vitest'
import { serialize } from '@/protocol/client-messages'

const read = (text: string): unknown => JSON.parse(text)

it('writes requests with their id', () => {
  // A screen of 125 % has no whole number of dots.
  const display = { width: 1366.25, height: 767.75 }
  const media = { microphone: true, camera: false, screen: false }
  expect(read(serialize({ type: 'join', sdp: 'v=0', media, display }, 1))).toEqual({
    type: 'join',
    id: 1,
    sdp: 'v=0',
    media,
    display: { width: 1366, height: 768 },
  })
  expect(read(serialize({ type: 'ping' }, 2))).toEqual({ type: 'ping', id: 2 })
})

it('writes what is switched on flat and without an id', () => {
  const media = { microphone: true, camera: false, screen: false }
  expect(read(serialize({ type: 'media', media }))).toEqual({ type: 'media', ...media })
})

it('pins no more seats than the protocol allows', () => {
  const pinned = Array.from({ length: 40 }, (_, index) => `U${index}`)
  const sent = read(serialize({ type: 'stage', layout: 'grid', pinned }, 3)) as { pinned: string[] }
  expect(sent.pinned).toHaveLength(25)
})

it.each([
  { kind: 'slides' },
  { kind: 'site', seat: 'HD-10507/site' },
  { kind: 'wall', page: 2 },
] as const)('asks for the second picture %j', (second) => {
  expect(read(serialize({ type: 'view', second }, 7))).toEqual({ type: 'view', id: 7, second })
})

it('names a screen of no size by the least the protocol takes', () => {
  const media = { microphone: false, camera: false, screen: false }
  const display = { width: 0, height: 1e9 }
  expect(read(serialize({ type: 'join', sdp: '', media, display }, 1))).toMatchObject({
    display: { width: 1, height: 16384 },
  })
})
