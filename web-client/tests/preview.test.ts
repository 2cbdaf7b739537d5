import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Composed, piecesOf } from '@/meeting/preview-pictures'
import { StageWish } from '@/meeting/stage-wish'
import { previewStage } from '@/protocol/stage-preview'
import type { Tile } from '@/protocol/types'

const tile = (seat: string, w: number, more: Partial<Tile> = {}): Tile => ({
  seat,
  kind: 'camera',
  x: 0,
  y: 0,
  w,
  h: (w * 9) / 16,
  state: 'live',
  floor: false,
  ...more,
})
const composed = (width: number, tiles: Tile[]): Composed => ({
  video: {} as CanvasImageSource,
  width,
  height: (width * 9) / 16,
  canvas: { width: 1280, height: 720 },
  tiles,
})
const preview = (...tiles: Tile[]) => ({ layout: 'grid', width: 1280, height: 720, tiles })

afterEach(() => vi.unstubAllGlobals())

describe('the pictures of a preview', () => {
  it('are cut from where the site stands largest, and left out where it stands nowhere', () => {
    const stage = composed(1280, [tile('a', 640), tile('b', 320)])
    const wall = composed(1280, [tile('b', 160), tile('c', 160)])
    const pieces = piecesOf(
      preview(tile('a', 320), tile('b', 320), tile('c', 320), tile('d', 320)),
      [stage, wall],
    )
    expect(pieces.map(({ target, from }) => [target.seat, from === stage])).toEqual([
      ['a', true],
      ['b', true],
      ['c', false],
    ])
  })

  it('count the picture as it arrives: a small stage yields to a large wall', () => {
    const stage = composed(320, [tile('a', 320)])
    const wall = composed(1280, [tile('a', 160)])
    expect(piecesOf(preview(tile('a', 640)), [stage, wall])[0]?.from).toBe(wall)
  })

  it('do not take a camera for slides, nor what is dimmed for a picture', () => {
    const stage = composed(1280, [
      tile('a', 640),
      tile('b', 640, { state: 'camera_off' }),
      tile('b', 640, { kind: 'slides' }),
    ])
    const pieces = piecesOf(preview(tile('a', 640, { kind: 'slides' }), tile('b', 320)), [stage])
    expect(pieces).toEqual([])
  })
})

describe('the wish for the stage', () => {
  function setUp() {
    const asked: { message: unknown; answer(): void; refuse(): void }[] = []
    const wish = new StageWish(
      (message) =>
        new Promise((answer, reject) =>
          asked.push({ message, answer, refuse: () => reject(new Error('no')) }),
        ),
    )
    return { wish, asked, shown: () => [wish.layout.value, ...wish.pinned.value] }
  }

  it('is what the server told, whoever chose it', () => {
    const { wish, asked } = setUp()
    wish.told({ layout: 'grid', pinned: ['a'] })
    void wish.togglePin('b')
    void wish.togglePin('a')
    void wish.set({ layout: 'single', pinned: ['c'] })
    expect(asked.map(({ message }) => message)).toEqual([
      { type: 'stage', layout: 'grid', pinned: ['b', 'a'] },
      { type: 'stage', layout: 'grid', pinned: ['b'] },
      { type: 'stage', layout: 'single', pinned: ['c'] },
    ])
  })

  it('shows a choice at once, and is not set back by what was told of the one before', async () => {
    const { wish, asked, shown } = setUp()
    const first = wish.choose('grid')
    const second = wish.choose('speaker')
    wish.told({ layout: 'grid', pinned: [] })
    asked[0]?.answer()
    await first
    expect(shown()).toEqual(['speaker'])
    wish.told({ layout: 'speaker', pinned: [] })
    asked[1]?.answer()
    await second
    expect(shown()).toEqual(['speaker'])
  })

  it('is what another chose meanwhile, once the own choice is answered', async () => {
    const { wish, asked, shown } = setUp()
    const mine = wish.choose('grid')
    wish.told({ layout: 'grid', pinned: [] })
    wish.told({ layout: 'single', pinned: ['x'] })
    asked[0]?.answer()
    await mine
    expect(shown()).toEqual(['single', 'x'])
  })

  it('is what is in force when the choice was refused', async () => {
    const { wish, asked, shown } = setUp()
    wish.told({ layout: 'grid', pinned: ['a'] })
    const mine = wish.choose('single')
    asked[0]?.refuse()
    await expect(mine).rejects.toThrow()
    expect(shown()).toEqual(['grid', 'a'])
  })

  it('is previewed by the server', async () => {
    const asked: string[] = []
    const stage = { layout: 'single', canvas: { width: 1280, height: 720 }, tiles: [] }
    vi.stubGlobal('fetch', (path: string) => {
      asked.push(path)
      return Promise.resolve(new Response(JSON.stringify(stage)))
    })
    const choice = { layout: 'single' as const, pinned: ['HD-1/site', 'HD-2/site'] }
    expect(await previewStage('m', choice)).toEqual({
      layout: 'single',
      width: 1280,
      height: 720,
      tiles: [],
    })
    await previewStage('m', null)
    expect(asked).toEqual([
      '/api/v1/meetings/m/stage/preview?layout=single&pinned=HD-1%2Fsite%2CHD-2%2Fsite',
      '/api/v1/meetings/m/stage/preview?',
    ])
  })
})
