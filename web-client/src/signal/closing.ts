/** What an ended connection means: try again, or stop and say why. */
export type Ending =
  | 'left'
  | 'ended'
  | 'not_begun'
  | 'not_open'
  | 'replaced'
  | 'removed'
  | 'signed_out'
  | 'forbidden'
  | 'not_found'

/**
 * `null`: open again. A seat taken elsewhere is not fought for: the newer connection stays.
 * `closedMessage`: code of the `closed` that went before, or of the `error` that refused the visit.
 * The code 1000 alone says nothing: a page that leaves no longer listens, so a closing in good order
 * without a reason comes from something on the way, and the meeting goes on.
 */
export function endingOf(closeCode: number, closedMessage: string | null): Ending | null {
  switch (closedMessage) {
    case 'replaced':
    case 'removed':
    case 'ended':
    case 'not_open':
      return closedMessage
    case 'meeting.not_open':
      return 'not_begun'
    case 'meeting.closed':
      return 'ended'
    case 'media.failed':
    case 'server.stopping':
      return null
  }
  switch (closeCode) {
    case 4401:
      return 'signed_out'
    case 4403:
      return 'forbidden'
    case 4404:
      return 'not_found'
    case 4409:
      return 'replaced'
    default:
      return null
  }
}
