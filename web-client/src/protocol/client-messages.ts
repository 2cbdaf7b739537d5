import type { ClientMessage, ClientRequest, MediaState } from './types'

/** PROTOCOL.md: at most 25 pinned seats. */
const MAX_PINNED = 25

/** One frame for the wire. `id` is positive and given for requests only. */
export function serialize(message: ClientMessage): string
export function serialize(message: ClientRequest, id: number): string
export function serialize(message: ClientMessage | ClientRequest, id?: number): string {
  return JSON.stringify({ ...body(message), ...(id === undefined ? {} : { id }) })
}

function body(message: ClientMessage | ClientRequest): Record<string, unknown> {
  switch (message.type) {
    case 'join':
      return { type: 'join', sdp: message.sdp, media: mediaFields(message.media) }
    case 'restart':
      return { type: 'restart', sdp: message.sdp }
    case 'media':
      return { type: 'media', ...mediaFields(message.media) }
    case 'stage':
      return { type: 'stage', layout: message.layout, pinned: message.pinned.slice(0, MAX_PINNED) }
    case 'mute':
      return { type: 'mute', seat: message.seat, muted: message.muted }
    case 'leave':
    case 'ping':
      return { type: message.type }
  }
}

function mediaFields(media: MediaState): MediaState {
  return { microphone: media.microphone, camera: media.camera, screen: media.screen }
}
