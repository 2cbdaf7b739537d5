import type { Line } from '@/protocol/types'

/** Counters of one moment, as read from RTCStatsReport. Times in milliseconds. */
export interface LineSample {
  at: number
  received: number
  lost: number
  bytes: number
  /** Bytes up, of all and of pictures. */
  sent: number
  pictures: number
  /** What the browser thinks the way up carries, in bits a second. */
  estimate: number | null
  /** Null while no pair is selected. */
  roundTrip: number | null
  freezes: number
}

/** Sums what arrived over all slots. */
export function sampleOf(report: RTCStatsReport, at: number): LineSample {
  const sample: LineSample = {
    at,
    received: 0,
    lost: 0,
    bytes: 0,
    sent: 0,
    pictures: 0,
    estimate: null,
    roundTrip: null,
    freezes: 0,
  }
  report.forEach((entry: Record<string, unknown>) => {
    const count = (name: string) => (typeof entry[name] === 'number' ? (entry[name] as number) : 0)
    if (entry.type === 'inbound-rtp') {
      sample.received += count('packetsReceived')
      sample.lost += count('packetsLost')
      sample.bytes += count('bytesReceived')
      sample.freezes += count('freezeCount')
    } else if (entry.type === 'outbound-rtp' && entry.kind === 'video') {
      sample.pictures += count('bytesSent')
    } else if (entry.type === 'candidate-pair' && entry.nominated === true) {
      sample.sent += count('bytesSent')
      if (typeof entry.availableOutgoingBitrate === 'number') {
        sample.estimate = entry.availableOutgoingBitrate
      }
      if (typeof entry.currentRoundTripTime === 'number') {
        sample.roundTrip = entry.currentRoundTripTime * 1000
      }
    }
  })
  return sample
}

/** What went up between two samples, and what could have; bits a second. */
export interface WayUp {
  sent: number
  /** Null where it is not known: it comes of the feedback to pictures alone. */
  estimate: number | null
}

/** Null where it is not known: at first, and after another pair was chosen, which counts anew. */
export function wayUp(before: LineSample | null, now: LineSample): WayUp | null {
  if (!before || now.at <= before.at || now.sent < before.sent) return null
  return {
    sent: ((now.sent - before.sent) * 8000) / (now.at - before.at),
    estimate: now.pictures > before.pictures ? now.estimate : null,
  }
}

/** Quality of the time between two samples. Nothing at all arriving is a poor line. */
export function rateLine(before: LineSample | null, now: LineSample): Line {
  if (!before) return 'unknown'
  const received = now.received - before.received
  const lost = Math.max(0, now.lost - before.lost)
  if (received <= 0) return now.received > 0 ? 'poor' : 'unknown'
  const loss = lost / (received + lost)
  const roundTrip = now.roundTrip ?? 0
  if (loss > 0.08 || roundTrip > 600) return 'poor'
  if (loss > 0.02 || roundTrip > 250 || now.freezes > before.freezes) return 'fair'
  return 'good'
}

/** A change is believed when seen twice in a row, so that one bad second does not cry wolf. */
export class SteadyLine {
  private shown: Line = 'unknown'
  private candidate: Line = 'unknown'

  next(rated: Line): Line {
    if (this.shown === 'unknown' || rated === this.candidate) this.shown = rated
    this.candidate = rated
    return this.shown
  }
}
