import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Chapter, chapterAt, listChapters } from '@/protocol/chapters'

const CHAPTERS: Chapter[] = [
  { start: 0, end: 60_000, kind: 'agenda', title: 'Khai mạc', item: 1 },
  { start: 20_000, end: 50_000, kind: 'floor', title: 'UBND huyện Thanh Miện', item: 1 },
  { start: 60_000, end: 90_000, kind: 'vote', title: 'Thông qua?', item: 2 },
]

afterEach(() => vi.unstubAllGlobals())

describe('chapters', () => {
  it('say which one runs: the innermost that is not over', () => {
    expect([-1, 0, 30_000, 55_000, 60_000, 90_000].map((at) => chapterAt(CHAPTERS, at))).toEqual([
      -1, 0, 1, 0, 2, -1,
    ])
  })

  it('are read from the server, without kinds not known yet', async () => {
    const chapter = { start_ms: 5, end_ms: 9, kind: 'vote', title: '?', unit: '', agenda_item: 2 }
    const body = JSON.stringify({ chapters: [chapter, { ...chapter, kind: 'song' }] })
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(body)))
    expect(await listChapters('r')).toEqual([
      { start: 5, end: 9, kind: 'vote', title: '?', item: 2 },
    ])
  })
})
