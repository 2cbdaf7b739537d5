import { expect, it } from 'vitest'
import { serialize } from '@/protocol/client-messages'

const read = (text: string): unknown => JSON.parse(text)

it('writes requests with their id', () => {
  const media = { microphone: true, camera: false, screen: false }
  expect(read(serialize({ type: 'join', sdp: 'v=0', media }, 1))).toEqual({
    type: 'join',
    id: 1,
    sdp: 'v=0',
    media,
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
