/** What the stage would show: reckoned by the server with the rules of the real one. */
import { call, understand } from './api'
import { fields, list, word } from './decode'
import { readStage } from './server-messages'
import { type Layout, LAYOUTS, type Seat, type Stage } from './types'

export interface StageChoice {
  layout: Layout
  /** The first is most wanted. */
  pinned: Seat[]
}
export interface StagePreview {
  stage: Stage
  /** What is in force now, whoever chose it. */
  live: StageChoice
}

const MOST_PINNED = 25

/** Without a choice: of what is in force. */
export async function previewStage(
  meeting: string,
  choice: StageChoice | null,
): Promise<StagePreview> {
  const query = choice
    ? new URLSearchParams({ layout: choice.layout, pinned: choice.pinned.join(',') })
    : ''
  const body = await call(
    'GET',
    `/api/v1/meetings/${encodeURIComponent(meeting)}/stage/preview?${query}`,
  )
  return understand(() => {
    const from = fields(body, 'stage')
    const wish = fields(from.wish, 'wish')
    return {
      stage: readStage(from),
      live: {
        layout: word(wish, 'layout', LAYOUTS, 'auto'),
        pinned: list(wish, 'pinned', MOST_PINNED, String),
      },
    }
  })
}
