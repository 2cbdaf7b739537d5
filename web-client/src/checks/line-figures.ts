/** What RTCStatsReport says of the line between two moments. Pure. */

export interface LineCounters {
  at: number
  /** On the selected path: bytes with UDP and IPv4 headers. */
  bytesIn: number
  sent: number
  /** As the server reports it. */
  lostUp: number
  received: number
  lostDown: number
  /** ms; null unknown. */
  roundTrip: number | null
  jitterDown: number | null
  jitterUp: number | null
  transport: 'udp' | 'tcp' | ''
}

/** IPv4 and UDP. */
const LOWER_HEADERS = 28

export function countersOf(report: RTCStatsReport, at: number): LineCounters {
  const out: LineCounters = {
    at,
    bytesIn: 0,
    sent: 0,
    lostUp: 0,
    received: 0,
    lostDown: 0,
    roundTrip: null,
    jitterDown: null,
    jitterUp: null,
    transport: '',
  }
  const entries = new Map<string, Record<string, unknown>>()
  report.forEach((entry: Record<string, unknown>) => entries.set(String(entry.id), entry))
  const most = (before: number | null, now: unknown) =>
    typeof now === 'number' ? Math.max(before ?? 0, now * 1000) : before
  const pair = selectedPair(entries)
  for (const entry of entries.values()) {
    const count = (name: string) => (typeof entry[name] === 'number' ? (entry[name] as number) : 0)
    if (entry.type === 'inbound-rtp') {
      out.received += count('packetsReceived')
      out.lostDown += count('packetsLost')
      out.jitterDown = most(out.jitterDown, entry.jitter)
    } else if (entry.type === 'outbound-rtp') {
      out.sent += count('packetsSent')
    } else if (entry.type === 'remote-inbound-rtp') {
      out.lostUp += count('packetsLost')
      out.jitterUp = most(out.jitterUp, entry.jitter)
    } else if (entry === pair) {
      out.bytesIn += count('bytesReceived') + LOWER_HEADERS * count('packetsReceived')
      if (typeof entry.currentRoundTripTime === 'number')
        out.roundTrip = entry.currentRoundTripTime * 1000
      const local = entries.get(String(entry.localCandidateId))
      if (local?.protocol === 'udp' || local?.protocol === 'tcp') out.transport = local.protocol
    }
  }
  return out
}

type Entry = Record<string, unknown>

/** The transport names it; Firefox marks it instead. */
function selectedPair(entries: ReadonlyMap<string, Entry>): Entry | null {
  for (const entry of entries.values()) {
    const named = entry.type === 'transport' && entries.get(String(entry.selectedCandidatePairId))
    if (named) return named
    if (entry.type === 'candidate-pair' && entry.selected === true) return entry
  }
  return null
}

/** Per cent; null when too little was sent to say. */
export function lossBetween(
  before: LineCounters,
  after: LineCounters,
  way: 'up' | 'down',
): number | null {
  const lost = Math.max(
    0,
    way === 'up' ? after.lostUp - before.lostUp : after.lostDown - before.lostDown,
  )
  const whole = way === 'up' ? after.sent - before.sent : after.received - before.received + lost
  return whole < 50 ? null : Math.min(100, (100 * lost) / whole)
}

/** The best rate over any stretch of at least `stretch` ms, kbit/s; null without two samples so far apart. */
export function bestRate(samples: readonly LineCounters[], stretch = 400): number | null {
  let best: number | null = null
  let first = 0
  samples.forEach((sample, last) => {
    while (first < last && sample.at - (samples[first + 1]?.at ?? sample.at) >= stretch) first += 1
    const from = samples[first]
    if (!from || sample.at - from.at < stretch) return
    const rate = ((sample.bytesIn - from.bytesIn) * 8) / (sample.at - from.at)
    best = Math.max(best ?? 0, rate)
  })
  return best
}
