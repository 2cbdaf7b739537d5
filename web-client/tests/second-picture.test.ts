import { describe, expect, it } from 'vitest'
import { SecondPicture } from '@/meeting/second-picture'
import { StageWish } from '@/meeting/stage-wish'
import type { ClientRequest } from '@/protocol/types'
import { Refusal } from '@/signal/signal-connection'

function server() {
  const asked: ClientRequest[] = []
  const state = { refuses: false }
  const request = (message: ClientRequest): Promise<void> => {
    asked.push(message)
    return state.refuses ? Promise.reject(new Refusal('seat.not_found')) : Promise.resolve()
  }
  return { asked, state, request }
}

describe('the second picture', () => {
  it('shows the slides until something else is asked for', async () => {
    const { asked, request } = server()
    const second = new SecondPicture(request)
    expect(second.wish.value).toEqual({ kind: 'slides' })
    await second.joined()
    expect(asked).toEqual([])
    await second.choose({ kind: 'site', seat: 'A/site' })
    expect(asked).toEqual([{ type: 'view', second: { kind: 'site', seat: 'A/site' } }])
  })

  it('keeps what was shown when the wish is refused', async () => {
    const { state, request } = server()
    const second = new SecondPicture(request)
    await second.choose({ kind: 'site', seat: 'A/site' })
    state.refuses = true
    await expect(second.choose({ kind: 'site', seat: 'B/site' })).rejects.toThrow()
    expect(second.wish.value).toEqual({ kind: 'site', seat: 'A/site' })
  })

  it('is asked for again after a new join, and falls back to the slides when that is refused', async () => {
    const { asked, state, request } = server()
    const second = new SecondPicture(request)
    await second.choose({ kind: 'wall', page: 1 })
    await second.joined()
    expect(asked.at(-1)).toEqual({ type: 'view', second: { kind: 'wall', page: 1 } })
    state.refuses = true
    await expect(second.joined()).rejects.toThrow()
    expect(second.wish.value).toEqual({ kind: 'slides' })
  })

  it('lets the wall go while nobody can see it', async () => {
    const { asked, request } = server()
    const second = new SecondPicture(request)
    await second.choose({ kind: 'wall', page: 1 })
    await second.look(false)
    expect(asked.at(-1)).toEqual({ type: 'view', second: { kind: 'slides' } })
    expect(second.wish.value.kind).toBe('wall')
    await second.joined()
    expect(asked.at(-1)).toEqual({ type: 'view', second: { kind: 'slides' } })
    await second.look(true)
    expect(asked.at(-1)).toEqual({ type: 'view', second: { kind: 'wall', page: 1 } })
  })

  it('leaves a single site shown in a page that is out of sight', async () => {
    const { asked, request } = server()
    const second = new SecondPicture(request)
    await second.choose({ kind: 'site', seat: 'A/site' })
    await second.look(false)
    expect(asked).toHaveLength(1)
  })
})

describe('the wish for the stage', () => {
  /** The server tells a wish before it answers. */
  function wishAt(at: ReturnType<typeof server>) {
    const wish: StageWish = new StageWish(async (message) => {
      await at.request(message)
      if (message.type === 'stage') wish.told(message)
    })
    return { ...at, wish }
  }

  it('pins the newest first and keeps the layout', async () => {
    const { asked, wish } = wishAt(server())
    await wish.choose('speaker_strip')
    await wish.togglePin('A/site')
    await wish.togglePin('B/site')
    expect(asked.at(-1)).toEqual({
      type: 'stage',
      layout: 'speaker_strip',
      pinned: ['B/site', 'A/site'],
    })
    await wish.togglePin('B/site')
    expect(wish.pinned.value).toEqual(['A/site'])
  })

  it('keeps the pins when the layout changes', async () => {
    const { asked, wish } = wishAt(server())
    await wish.togglePin('A/site')
    await wish.choose('grid')
    expect(asked.at(-1)).toEqual({ type: 'stage', layout: 'grid', pinned: ['A/site'] })
  })

  it('is as before when it is refused', async () => {
    const { state, wish } = wishAt(server())
    state.refuses = true
    await expect(wish.togglePin('A/site')).rejects.toThrow()
    expect([wish.layout.value, wish.pinned.value]).toEqual(['auto', []])
  })
})
