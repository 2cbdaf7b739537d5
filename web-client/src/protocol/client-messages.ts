import type { ClientMessage, ClientRequest, MediaState, SecondChoice, Size } from './types'

/** PROTOCOL.md: at most 25 pinned seats. */
const MAX_PINNED = 25
const MAX_PIXELS = 16384

/** One frame for the wire. `id` is positive and given for requests only. */
export function serialize(message: ClientMessage): string
export function serialize(message: ClientRequest, id: number): string
export function serialize(message: ClientMessage | ClientRequest, id?: number): string {
  return JSON.stringify({ ...body(message), ...(id === undefined ? {} : { id }) })
}

function body(message: ClientMessage | ClientRequest): Record<string, unknown> {
  switch (message.type) {
    case 'join':
      return {
        type: 'join',
        sdp: message.sdp,
        media: mediaFields(message.media),
        display: sizeFields(message.display),
      }
    case 'restart':
      return { type: 'restart', sdp: message.sdp }
    case 'media':
      return { type: 'media', ...mediaFields(message.media) }
    case 'stage':
      return { type: 'stage', layout: message.layout, pinned: message.pinned.slice(0, MAX_PINNED) }
    case 'mute':
      return { type: 'mute', seat: message.seat, muted: message.muted }
    case 'view':
      return { type: 'view', second: secondFields(message.second) }
    case 'text':
      return { type: 'text', to: message.to, text: message.text }
    case 'leave':
    case 'ping':
      return { type: message.type }
    default:
      // The control room's requests are flat: what is typed is what is sent.
      return { ...message }
  }
}

function mediaFields(media: MediaState): MediaState {
  return { microphone: media.microphone, camera: media.camera, screen: media.screen }
}

function sizeFields(size: Size): Size {
  const whole = (length: number) => Math.min(MAX_PIXELS, Math.max(1, Math.round(length)))
  return { width: whole(size.width), height: whole(size.height) }
}

function secondFields(second: SecondChoice): SecondChoice {
  switch (second.kind) {
    case 'site':
      return { kind: 'site', seat: second.seat }
    case 'wall':
      return { kind: 'wall', page: second.page }
    case 'slides':
      return { kind: 'slides' }
  }
}
