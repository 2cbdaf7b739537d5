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
  it('is what the server told, whoever chose it', async () => {
    const asked: unknown[] = []
    const wish = new StageWish((message) => {
      asked.push(message)
      return Promise.resolve()
    })
    wish.told({ layout: 'grid', pinned: ['a'] })
    await wish.togglePin('b')
    await wish.set({ layout: 'single', pinned: ['c'] })
    expect(asked).toEqual([
      { type: 'stage', layout: 'grid', pinned: ['b', 'a'] },
      { type: 'stage', layout: 'single', pinned: ['c'] },
    ])
  })

  it('is previewed by the server', async () => {
    const asked: string[] = []
    const wish = { layout: 'auto', pinned: ['HD/chair'] }
    const stage = { layout: 'single', canvas: { width: 1280, height: 720 }, tiles: [], wish }
    vi.stubGlobal('fetch', (path: string) => {
      asked.push(path)
      return Promise.resolve(new Response(JSON.stringify(stage)))
    })
    const choice = { layout: 'single' as const, pinned: ['HD-1/site', 'HD-2/site'] }
    expect(await previewStage('m', choice)).toEqual({
      stage: { layout: 'single', width: 1280, height: 720, tiles: [] },
      live: wish,
    })
    await previewStage('m', null)
    expect(asked).toEqual([
      '/api/v1/meetings/m/stage/preview?layout=single&pinned=HD-1%2Fsite%2CHD-2%2Fsite',
      '/api/v1/meetings/m/stage/preview?',
    ])
  })
})
