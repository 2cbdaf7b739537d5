import type { Uplink } from '@/protocol/types'

export type SoundRate = 'full' | 'thin'

/** Bits of Opus a second, behind 27 kbit/s of headers: speech is understood. */
const THIN_BITRATE = 12_000
/** The camera's frames a second beside thin sound: each is a packet, of headers mostly. */
const FRAMES_BESIDE_THIN = 5
/** Above the shortest round trip of late: a queue, not a hiccup. ms */
const QUEUE = 300
const NO_QUEUE = 100
const SEEN = 3
/** The shortest round trip is of so many samples: longer than a queue stands. */
const REMEMBERED = 300
const PEACE = 120_000
const LONGEST_PEACE = 960_000
/** A queue so soon after sound was full again is of its making: one look is enough. */
const OF_ITS_MAKING = 30_000

/**
 * How the microphone is sent: in full with its redundancy (RFC 2198), 92 kbit/s on the wire, or thin,
 * 39 kbit/s. A line too narrow for the former builds a queue that delays what is said by a second and
 * then overflows; loss without a queue asks for redundancy rather. Given round trips in ms every
 * second or two, null where none was measured.
 */
export class SoundPolicy {
  rate: SoundRate = 'full'
  private readonly trips: number[] = []
  private queued = 0
  private calmSince: number | null = null
  private fullSince = -Infinity
  private peace = PEACE

  next(at: number, roundTrip: number | null): SoundRate {
    if (roundTrip === null) return this.rate
    this.trips.push(roundTrip)
    if (this.trips.length > REMEMBERED) this.trips.shift()
    const queue = roundTrip - Math.min(...this.trips)
    this.queued = queue > QUEUE ? this.queued + 1 : 0
    if (queue > NO_QUEUE) this.calmSince = null
    else this.calmSince ??= at
    const trial = at - this.fullSince <= OF_ITS_MAKING
    if (this.rate === 'full') {
      if (this.queued >= (trial ? 1 : SEEN)) this.thin(trial)
    } else if (this.calmSince !== null && at - this.calmSince >= this.peace) {
      this.rate = 'full'
      this.fullSince = at
    }
    return this.rate
  }

  private thin(failed: boolean): void {
    this.rate = 'thin'
    this.calmSince = null
    this.peace = failed ? Math.min(2 * this.peace, LONGEST_PEACE) : PEACE
  }
}

/** The microphone's encoding at that rate. A browser that knows no `codec` here keeps its redundancy. */
export function soundParameters(
  rate: SoundRate,
  codecs: readonly RTCRtpCodec[],
): Pick<RTCRtpEncodingParameters, 'maxBitrate'> & { codec?: RTCRtpCodec } {
  if (rate === 'full') return {}
  const opus = codecs.find((codec) => codec.mimeType.toLowerCase() === 'audio/opus')
  return opus ? { maxBitrate: THIN_BITRATE, codec: opus } : { maxBitrate: THIN_BITRATE }
}

/** What is left of a wish for the camera's picture beside such sound. */
export function besideSound(rate: SoundRate, uplink: Uplink): Uplink {
  if (rate === 'full') return uplink
  return { ...uplink, fps: Math.min(uplink.fps || FRAMES_BESIDE_THIN, FRAMES_BESIDE_THIN) }
}
