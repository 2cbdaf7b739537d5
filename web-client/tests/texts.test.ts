import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { parseServerMessage } from '@/protocol/server-messages'
import { serialize } from '@/protocol/client-messages'
import type { ServerMessage } from '@/protocol/types'
import { useMeeting } from '@/stores/meeting'
import { useTexts } from '@/stores/texts'
import { WELCOME } from './messages'

const wire = (seq: number, over: object = {}) => ({
  type: 'text',
  from: 'HD/secretary',
  name: 'Thư ký',
  to: 'all',
  text: 'Nghỉ 10 phút',
  at: '2026-11-23T08:12:00.000Z',
  seq,
  ...over,
})
function tell(message: object): void {
  const parsed = parseServerMessage(JSON.stringify(message))
  if (!parsed.ok) throw new Error(`${parsed.reason} ${parsed.field}`)
  useMeeting().apply(parsed.message as ServerMessage, 0)
  useTexts().apply(parsed.message as ServerMessage)
}

beforeEach(() => setActivePinia(createPinia()))

describe('the text line', () => {
  it('counts what came since the page was opened, but not its own', () => {
    const texts = useTexts()
    tell({ ...WELCOME, texts: [wire(1), wire(2)] })
    expect([texts.all.length, texts.unread]).toEqual([2, 0])
    tell(wire(3))
    tell(wire(4, { from: 'HD-10507/site', to: 'secretariat' }))
    expect(texts.unread).toBe(1)
    texts.look(true)
    expect(texts.unread).toBe(0)
    tell(wire(5))
    expect(texts.unread).toBe(0)
    texts.look(false)
    tell(wire(6))
    expect(texts.unread).toBe(1)
  })

  it('shows nothing twice after a cut, and what came meanwhile as new', () => {
    const texts = useTexts()
    tell({ ...WELCOME, texts: [wire(1)] })
    tell({ ...WELCOME, texts: [wire(1), wire(2)] })
    expect(texts.all.map((text) => text.seq)).toEqual([1, 2])
    expect(texts.unread).toBe(1)
  })

  it('is absent from an older server', () => {
    tell(WELCOME)
    expect(useTexts().all).toEqual([])
  })

  it('refuses a text of the wrong kind', () => {
    for (const wrong of [{ text: 7 }, { text: 'x'.repeat(20_000) }, { to: null }, { seq: 'a' }]) {
      expect(parseServerMessage(JSON.stringify(wire(1, wrong))).ok).toBe(false)
    }
  })

  it('goes over the wire as PROTOCOL.md says', () => {
    expect(serialize({ type: 'text', to: 'secretariat', text: 'Mất tiếng' }, 9)).toBe(
      '{"type":"text","to":"secretariat","text":"Mất tiếng","id":9}',
    )
  })
})
