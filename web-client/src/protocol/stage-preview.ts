/** What the stage would show: reckoned by the server with the rules of the real one. */
import { call, understand } from './api'
import { fields } from './decode'
import { readStage } from './server-messages'
import type { Stage, StageChoice } from './types'

/** Without a choice: of what is in force. */
export async function previewStage(meeting: string, choice: StageChoice | null): Promise<Stage> {
  const query = choice
    ? new URLSearchParams({ layout: choice.layout, pinned: choice.pinned.join(',') })
    : ''
  const body = await call(
    'GET',
    `/api/v1/meetings/${encodeURIComponent(meeting)}/stage/preview?${query}`,
  )
  return understand(() => readStage(fields(body, 'stage')))
}
