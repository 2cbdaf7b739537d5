import type { Uplink } from '@/protocol/types'
import type { WayUp } from './line-quality'

/** In full; thin sound and a slow picture beside it; thin sound alone. */
export type Sending = 'full' | 'thin' | 'sound'

/** Bits of Opus a second, behind 27 kbit/s of headers: speech is understood. */
const THIN_BITRATE = 12_000
/**
 * The camera's picture beside thin sound: both fit into 64 kbit/s, and a trial's key frame does not
 * fill the line by itself. More frames a second were packets of headers mostly.
 */
const BESIDE_THIN = { width: 160, height: 90, fps: 5, bitrate: 20_000 }
/** Above the shortest round trip of late: a queue, not a hiccup. ms */
const QUEUE = 300
const NO_QUEUE = 200
const SEEN = 3
/** Less makes no queue; a way up that carries more is not narrow. Bits a second. */
const LEAST = 50_000
const NOT_NARROW = 150_000
/** The shortest round trip is of so many samples: longer than a queue stands. */
const REMEMBERED = 300
/** Without a queue so long, one step more is tried. Twice as long where the last trial failed. ms */
const PEACE = { sound: 30_000, thin: 120_000 }
const LONGEST_PEACE = 960_000
/** A queue so soon after a step up is of its making: one look is enough. */
const OF_ITS_MAKING = 30_000

/**
 * What a page sends on a way up that may be too narrow: sound with its redundancy (RFC 2198) takes
 * 92 kbit/s on the wire, thin sound 39, and no browser's camera less than 30. What does not fit builds
 * a queue that delays what is said by a second and then overflows; so the queue is first emptied, then
 * the picture is tried beside thin sound, then everything. Loss without a queue asks for redundancy
 * rather. A long round trip alone is no proof: it is long as well on a busy old PC, and with a queue on
 * the way down. Given, every second or two, the round trip in ms, null where none was measured, and
 * what went up since the last one.
 */
export class UplinkPolicy {
  sending: Sending = 'full'
  private readonly trips: number[] = []
  private queued = 0
  private calmSince: number | null = null
  private tried = -Infinity
  private peace = { ...PEACE }

  next(at: number, roundTrip: number | null, up: WayUp | null): Sending {
    if (roundTrip === null) return this.sending
    this.trips.push(roundTrip)
    if (this.trips.length > REMEMBERED) this.trips.shift()
    const queue = roundTrip - Math.min(...this.trips)
    this.queued = queue > QUEUE && mayBeNarrow(up) ? this.queued + 1 : 0
    if (queue > NO_QUEUE) this.calmSince = null
    else this.calmSince ??= at
    const { sending } = this
    const trial = at - this.tried <= OF_ITS_MAKING
    if (sending !== 'sound') {
      if (this.queued >= (trial ? 1 : SEEN)) this.fall(sending, trial)
    }
    if (sending !== 'full' && this.calmSince !== null) {
      if (at - this.calmSince >= this.peace[sending]) this.rise(sending, at)
    }
    return this.sending
  }

  private rise(from: 'sound' | 'thin', at: number): void {
    this.sending = from === 'sound' ? 'thin' : 'full'
    this.tried = at
  }

  /** What failed as a trial waits longer before the next one; what served for a while does not. */
  private fall(from: 'full' | 'thin', trial: boolean): void {
    const below = from === 'full' ? 'thin' : 'sound'
    this.peace[below] = trial ? Math.min(2 * this.peace[below], LONGEST_PEACE) : PEACE[below]
    this.sending = 'sound'
    this.calmSince = null
  }
}

function mayBeNarrow(up: WayUp | null): boolean {
  return up !== null && up.sent >= LEAST && (up.estimate ?? 0) < NOT_NARROW
}

/** The microphone's encoding. A browser that knows no `codec` here keeps its redundancy. */
export function soundParameters(
  sending: Sending,
  codecs: readonly RTCRtpCodec[],
): Pick<RTCRtpEncodingParameters, 'maxBitrate'> & { codec?: RTCRtpCodec } {
  if (sending === 'full') return {}
  const opus = codecs.find((codec) => codec.mimeType.toLowerCase() === 'audio/opus')
  return opus ? { maxBitrate: THIN_BITRATE, codec: opus } : { maxBitrate: THIN_BITRATE }
}

/** 0 in a wish is no limit. */
const least = (wished: number, limit: number) => Math.min(wished || limit, limit)

/** What is left of a wish for the camera's picture. */
export function besideSound(sending: Sending, uplink: Uplink): Uplink {
  if (sending === 'full') return uplink
  if (sending === 'sound') return { ...uplink, active: false, thumbnail: false }
  return {
    active: uplink.active,
    width: least(uplink.width, BESIDE_THIN.width),
    height: least(uplink.height, BESIDE_THIN.height),
    fps: least(uplink.fps, BESIDE_THIN.fps),
    bitrate: least(uplink.bitrate, BESIDE_THIN.bitrate),
    thumbnail: uplink.thumbnail && !uplink.active,
  }
}
