/** What happened during a recording, and when on its own timeline. */
import { call, understand } from './api'
import { fields, list, number, optionalText } from './decode'

export const CHAPTER_KINDS = ['agenda', 'floor', 'vote', 'vote_result', 'roll_call'] as const
export type ChapterKind = (typeof CHAPTER_KINDS)[number]

export interface Chapter {
  /** Milliseconds since the first picture or sound. */
  start: number
  end: number
  kind: ChapterKind
  /** The item's title, the unit that speaks, or the question. */
  title: string
  /** Position of the agenda's item then on; 0: none. */
  item: number
}

const MOST_CHAPTERS = 20_000
const LONGEST = 1e12
const LONGEST_TITLE = 2048

export async function listChapters(recording: string): Promise<Chapter[]> {
  const body = await call('GET', `/api/v1/recordings/${encodeURIComponent(recording)}/chapters`)
  return understand(() =>
    list(fields(body, 'chapters'), 'chapters', MOST_CHAPTERS, readChapter).flat(),
  )
}

/** One of a kind this client does not know yet is left out. */
function readChapter(item: unknown): Chapter[] {
  const from = fields(item, 'chapter')
  const kind = CHAPTER_KINDS.find((known) => known === from.kind)
  if (!kind) return []
  return [
    {
      start: number(from, 'start_ms', 0, LONGEST),
      end: number(from, 'end_ms', 0, LONGEST),
      kind,
      title: optionalText(from, 'title', '', LONGEST_TITLE),
      item: number(from, 'agenda_item', 0, 10_000),
    },
  ]
}

/** Which one runs at this moment: the last that has begun and is not over; -1: none. */
export function chapterAt(chapters: Chapter[], at: number): number {
  return chapters.reduce(
    (found, chapter, index) => (chapter.start <= at && at < chapter.end ? index : found),
    -1,
  )
}
