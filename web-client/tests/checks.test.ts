import { describe, expect, it } from 'vitest'
import {
  ageOf,
  countStandings,
  groupBoard,
  STANDINGS,
  standingOf,
  toCsv,
  troublesOf,
  worstFirst,
} from '@/checks/board'
import { deviceName } from '@/checks/device'
import { noFigures } from '@/checks/figures'
import { readFigures, writeFigures } from '@/protocol/check-figures'
import type { BoardSite, Verdict } from '@/protocol/checks'
import { findEcho, type SoundMoment } from '@/checks/echo'
import { bestRate, countersOf, type LineCounters, lossBetween } from '@/checks/line-figures'
import { lumaOf, PictureTrace } from '@/checks/picture-look'
import { LevelTrace } from '@/checks/sound-level'

const RATE = 48_000
const WINDOW = 32_768

/** Repeatable noise in [-1, 1]. */
function noise(length: number, seed: number): Float32Array {
  let state = seed
  return Float32Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 1_073_741_824 - 1
  })
}

/** Rising sweeps from 300 to 3600 Hz, as the server's test signal. */
function sweeps(length: number): Float32Array {
  let phase = 0
  return Float32Array.from({ length }, (_, i) => {
    const at = (i % (0.6 * RATE)) / (0.45 * RATE)
    if (at > 1) return 0
    phase += (2 * Math.PI * 300 * 12 ** at) / RATE
    return 0.3 * Math.sin(phase)
  })
}

/** A hall that gives back what is played, later and softer, and its own sound with it. */
function moments(gain: number, delayMs: number, hall: number): SoundMoment[] {
  const played = sweeps(WINDOW * 4)
  const late = Math.round((delayMs / 1000) * RATE)
  const own = noise(played.length, 7)
  const back = played.map((_, i) => gain * (played[i - late] ?? 0) + hall * (own[i] ?? 0))
  return [1, 2, 3].map((n) => ({
    received: played.slice(n * WINDOW, (n + 1) * WINDOW),
    microphone: back.slice(n * WINDOW, (n + 1) * WINDOW),
  }))
}

describe('looking for an echo', () => {
  it.each([
    [0.3, 150, 0.01],
    [0.1, 40, 0.02],
    [0.05, 320, 0.005],
  ])('finds what comes back at %f after %i ms', (gain, delay, hall) => {
    const found = findEcho(moments(gain, delay, hall), RATE)
    expect(found.measured).toBe(true)
    expect(found.delay).toBeCloseTo(delay, 0)
    expect(found.likeness).toBeGreaterThan(0.1)
    const expected = 20 * Math.log10(gain)
    expect(Math.abs(found.level - expected)).toBeLessThan(5)
  })

  it('finds none where the microphone hears only its hall', () => {
    const found = findEcho(moments(0, 0, 0.1), RATE)
    expect(found.measured).toBe(true)
    expect(found.likeness).toBeLessThan(0.05)
  })

  it('finds none in digital silence', () => {
    expect(findEcho(moments(0, 0, 0), RATE).likeness).toBe(0)
  })

  it('says nothing when nothing was played', () => {
    const silent = moments(0.5, 100, 0).map((moment) => ({
      ...moment,
      received: new Float32Array(WINDOW),
    }))
    expect(findEcho(silent, RATE).measured).toBe(false)
    expect(findEcho([], RATE).measured).toBe(false)
  })
})

describe('the level of a microphone', () => {
  const sine = (size: number) =>
    Float32Array.from({ length: 4800 }, (_, i) => size * Math.sin((2 * Math.PI * 440 * i) / RATE))

  it('tells speech from its pauses', () => {
    const trace = new LevelTrace()
    for (let i = 0; i < 20; i += 1) trace.add(sine(i % 2 ? 0.1 : 0.001))
    const level = trace.level()
    expect(level?.speech).toBeCloseTo(-23, 0)
    expect(level?.pauses).toBeCloseTo(-63, 0)
    expect(level?.peak).toBeCloseTo(-20, 0)
    expect(level?.clipped).toBe(0)
  })

  it('counts samples at the limit', () => {
    const trace = new LevelTrace()
    trace.add(sine(3).map((sample) => Math.max(-1, Math.min(1, sample))))
    expect(trace.level()?.clipped).toBeGreaterThan(50)
  })

  it('is silence for zeros and unknown before anything came', () => {
    const trace = new LevelTrace()
    expect(trace.level()).toBeNull()
    trace.add(new Float32Array(100))
    expect(trace.level()).toMatchObject({ peak: -120, speech: -120 })
  })
})

describe('the look of a picture', () => {
  const picture = (values: number[]) => Float32Array.from(values)

  it('needs two looks, and sees a still as one', () => {
    const trace = new PictureTrace()
    trace.add(picture([10, 200]))
    expect(trace.look()).toBeNull()
    trace.add(picture([10, 200]))
    expect(trace.look()).toEqual({ brightness: 105, contrast: 95, motion: 0 })
    trace.add(picture([10, 203]))
    expect(trace.look()?.motion).toBe(3)
  })

  it('weighs colours as the eye does', () => {
    const luma = lumaOf(Uint8ClampedArray.from([255, 0, 0, 255, 0, 255, 0, 255]))
    expect([...luma].map(Math.round)).toEqual([76, 150])
  })
})

describe('the line in figures', () => {
  const sample = (at: number, kilobytes: number): LineCounters => ({
    at,
    bytesIn: kilobytes * 1000,
    sent: 0,
    lostUp: 0,
    received: 0,
    lostDown: 0,
    roundTrip: null,
    jitterDown: null,
    jitterUp: null,
    transport: '',
  })

  it('takes the best stretch of 400 ms, neither the mean nor a burst between two looks', () => {
    const samples = [0, 100, 200, 300, 400, 500, 600].map((at, i) => sample(at, i < 3 ? 0 : i * 20))
    expect(bestRate(samples)).toBe((120 * 1000 * 8) / 400)
    expect(bestRate(samples.slice(0, 3))).toBeNull()
    expect(bestRate([])).toBeNull()
  })

  it('counts losses of the time between, and none of too few packets', () => {
    const before = { ...sample(0, 0), sent: 100, lostUp: 5, received: 10, lostDown: 2 }
    const after = { ...sample(5, 0), sent: 300, lostUp: 15, received: 100, lostDown: 12 }
    expect(lossBetween(before, after, 'up')).toBe(5)
    expect(lossBetween(before, after, 'down')).toBe(10)
    expect(lossBetween(before, { ...after, sent: 120 }, 'up')).toBeNull()
  })

  it('reads the selected path as Chromium and as Firefox mark it', () => {
    const pair = (id: string, more: object) => ({
      id,
      type: 'candidate-pair',
      bytesReceived: 1000,
      packetsReceived: 10,
      currentRoundTripTime: 0.012,
      localCandidateId: 'local',
      ...more,
    })
    const local = { id: 'local', type: 'local-candidate', protocol: 'udp' }
    const other = pair('other', { bytesReceived: 9, currentRoundTripTime: 9 })
    const reports = [
      [other, pair('p', {}), local, { id: 't', type: 'transport', selectedCandidatePairId: 'p' }],
      [other, pair('p', { selected: true }), local],
    ]
    for (const entries of reports) {
      const report = new Map(entries.map((entry) => [entry.id, entry]))
      const found = countersOf(report as unknown as RTCStatsReport, 0)
      expect(found).toMatchObject({ bytesIn: 1280, roundTrip: 12, transport: 'udp' })
    }
  })
})

describe('the board', () => {
  const site = (unit: string, parent: string, verdict?: Verdict): BoardSite => ({
    unit,
    name: `UBND ${unit}`,
    parent,
    parentName: `Huyện ${parent}`,
    level: parent === 'HD' ? 'district' : 'commune',
    order: unit.length,
    seat: null,
    checks: verdict
      ? [
          {
            at: '2026-11-25T08:00:00Z',
            device: 'Chrome · Windows',
            verdict,
            findings: [
              { item: 'up', verdict: 'warn', code: 'up.slow' },
              { item: 'camera', verdict: verdict === 'bad' ? 'bad' : 'ok', code: '' },
            ],
            figures: noFigures(),
          },
        ]
      : [],
  })
  const sites = [
    site('A', 'HD', 'ok'),
    site('A1', 'A', 'bad'),
    site('A2', 'A'),
    site('B', 'HD', 'warn'),
    site('B1', 'B', 'unknown'),
  ]

  it('says of each site how it stands', () => {
    expect(sites.map(standingOf)).toEqual(['ok', 'bad', 'none', 'warn', 'warn'])
    expect(countStandings(sites)).toEqual({ bad: 1, warn: 2, ok: 1, none: 1 })
  })

  it('groups by district and counts the whole group while a filter shows a part', () => {
    const all = groupBoard(sites, new Set(STANDINGS), '')
    expect(all.map((group) => [group.key, group.sites.length])).toEqual([
      ['A', 3],
      ['B', 2],
    ])
    const failed = groupBoard(sites, new Set(['bad', 'none'] as const), '')
    expect(failed).toHaveLength(1)
    expect(failed[0]?.sites.map((each) => each.unit)).toEqual(['A1', 'A2'])
    expect([failed[0]?.checked, failed[0]?.total]).toEqual([2, 3])
    expect(groupBoard(sites, new Set(STANDINGS), 'b1')).toHaveLength(1)
  })

  it('puts the worst first, and of the same standing whom most fails', () => {
    const worse = site('C1', 'C', 'bad')
    worse.checks[0]?.findings.push({ item: 'echo', verdict: 'bad', code: 'echo.loud' })
    const groups = worstFirst(groupBoard([...sites, worse], new Set(STANDINGS), ''))
    expect(groups.map((group) => [group.kind, group.sites.map((each) => each.unit)])).toEqual([
      ['bad', ['C1', 'A1']],
      ['warn', ['B', 'B1']],
      ['none', ['A2']],
      ['ok', ['A']],
    ])
    expect(worstFirst([])).toEqual([])
  })

  it('names the worst trouble first', () => {
    expect(troublesOf(sites[1] as BoardSite).map((each) => each.item)).toEqual(['camera', 'up'])
    expect(troublesOf(sites[2] as BoardSite)).toEqual([])
  })

  it('writes a table that no spreadsheet runs', () => {
    expect(
      toCsv([
        ['=1+1', 'a "b", c'],
        ['Xã', ''],
      ]),
    ).toBe('\ufeff\'=1+1,"a ""b"", c"\r\nXã,\r\n')
  })

  it('tells how long ago in the largest unit that fits', () => {
    const now = { now: '2026-11-26T08:00:00Z' }
    expect(ageOf('2026-11-26T07:45:00Z', now, 'en')).toBe('15 minutes ago')
    expect(ageOf('2026-11-26T03:00:00Z', now, 'en')).toBe('5 hours ago')
    expect(ageOf('2026-11-20T08:00:00Z', now, 'en')).toBe('6 days ago')
    expect(ageOf('2026-11-26T09:00:00Z', now, 'en')).toBe('this minute')
  })

  it('reads back the figures it wrote', () => {
    const figures = { ...noFigures(), up: 1200, lossUp: 0 }
    expect(readFigures(JSON.parse(JSON.stringify(writeFigures(figures))))).toEqual(figures)
  })

  it('calls a device by its browser and system', () => {
    const chrome = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36'
    expect(deviceName(chrome)).toBe('Chrome · Windows')
    expect(deviceName(`${chrome} Edg/156.0`)).toBe('Edge · Windows')
    expect(deviceName('Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Firefox/153.0')).toBe(
      'Firefox · Linux',
    )
  })
})
