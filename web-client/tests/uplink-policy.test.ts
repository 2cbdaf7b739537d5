import { describe, expect, it } from 'vitest'
import type { WayUp } from '@/media/line-quality'
import { besideSound, soundParameters, UplinkPolicy } from '@/media/uplink-policy'

const LINE = 40
const QUEUED = 900

/** Feeds round trips, one every two seconds, and keeps the time. */
class Line {
  readonly policy = new UplinkPolicy()
  at = 0

  see(roundTrip: number | null, seconds: number, up: Partial<WayUp> | null = {}) {
    const way = up && { sent: 60_000, estimate: null, ...up }
    for (const end = this.at + seconds * 1000; this.at < end; this.at += 2000) {
      this.policy.next(this.at, roundTrip, way)
    }
    return this.policy.sending
  }

  /** Seconds without a queue until something else is sent. */
  until(roundTrip = LINE) {
    const { at, policy } = this
    const { sending } = policy
    while (policy.sending === sending && this.at - at < 3_600_000) this.see(roundTrip, 2)
    return (this.at - at) / 1000
  }
}

const narrowed = () => {
  const line = new Line()
  line.see(LINE, 20)
  line.see(QUEUED, 6)
  return line
}

describe('what is sent up', () => {
  it('is everything on a line without a queue, however long that is and whatever it loses', () => {
    expect(new Line().see(LINE, 600)).toBe('full')
    expect(new Line().see(700, 600)).toBe('full')
  })

  it('is thin sound alone when a queue stands, so that it goes', () => {
    const line = new Line()
    line.see(LINE, 20)
    expect(line.see(QUEUED, 4)).toBe('full')
    expect(line.see(QUEUED, 2)).toBe('sound')
    expect(line.see(QUEUED, 480)).toBe('sound')
  })

  it('is everything still after a hiccup', () => {
    const line = new Line()
    line.see(LINE, 20)
    line.see(QUEUED, 4)
    line.see(LINE, 2)
    expect(line.see(QUEUED, 4)).toBe('full')
  })

  it('is everything still where more could go up: a busy PC, or a queue on the way down', () => {
    const line = new Line()
    line.see(LINE, 20)
    expect(line.see(QUEUED, 60, { sent: 400_000, estimate: 500_000 })).toBe('full')
    expect(line.see(QUEUED, 60, { estimate: 300_000 })).toBe('full')
    expect(line.see(QUEUED, 6, { sent: 100_000, estimate: 60_000 })).toBe('sound')
  })

  it('is everything still where next to nothing goes up, which makes no queue', () => {
    const line = new Line()
    line.see(LINE, 20)
    expect(line.see(QUEUED, 60, { sent: 5_000 })).toBe('full')
    expect(line.see(QUEUED, 60, null)).toBe('full')
  })

  it('has a slow picture again after half a minute without a queue, everything after two minutes', () => {
    const line = narrowed()
    expect(line.until()).toBe(32)
    expect(line.policy.sending).toBe('thin')
    expect(line.until()).toBe(90)
    expect(line.policy.sending).toBe('full')
  })

  it('loses a picture that makes a queue at once, and waits twice as long with the next', () => {
    const line = narrowed()
    for (const seconds of [32, 62, 122, 242]) {
      expect(line.until()).toBe(seconds)
      expect(line.see(QUEUED, 2)).toBe('sound')
    }
  })

  it('waits sixteen minutes at most', () => {
    const line = narrowed()
    for (let i = 0; i < 12; ++i) {
      line.until()
      line.see(QUEUED, 2)
    }
    expect(line.until()).toBe(962)
  })

  it('waits as at first once a picture served for a while', () => {
    const line = narrowed()
    line.until()
    line.see(QUEUED, 2)
    line.until()
    line.see(LINE, 40)
    expect(line.see(QUEUED, 6)).toBe('sound')
    expect(line.until()).toBe(32)
  })

  it('is thin twice as long where everything made a queue', () => {
    const line = narrowed()
    line.until()
    line.until()
    expect(line.see(QUEUED, 2)).toBe('sound')
    expect(line.until() + line.until()).toBe(242)
    expect(line.policy.sending).toBe('full')
  })

  it('waits for peace from the last queue on', () => {
    const line = narrowed()
    line.see(LINE, 60)
    line.see(300, 2)
    expect(line.see(LINE, 120)).toBe('thin')
    expect(line.see(LINE, 2)).toBe('full')
  })

  it('is not judged by what was not measured', () => {
    const line = new Line()
    line.see(LINE, 20)
    line.see(QUEUED, 4)
    expect(line.see(null, 60)).toBe('full')
    expect(line.see(QUEUED, 2)).toBe('sound')
  })
})

describe('the encoding of the microphone', () => {
  const red = { mimeType: 'audio/red', clockRate: 48000, channels: 2 }
  const opus = { mimeType: 'audio/opus', clockRate: 48000, channels: 2 }

  it('is limited and without redundancy on a narrow line', () => {
    const thin = { maxBitrate: 12_000, codec: opus }
    expect(soundParameters('thin', [red, opus])).toEqual(thin)
    expect(soundParameters('sound', [red, opus])).toEqual(thin)
  })

  it('is limited only where the browser names no codecs', () => {
    expect(soundParameters('thin', [])).toEqual({ maxBitrate: 12_000 })
  })

  it('has no limit of ours when full', () => {
    expect(soundParameters('full', [red, opus])).toEqual({})
  })
})

describe('the camera beside the sound', () => {
  const wish = { active: true, width: 640, height: 360, fps: 25, bitrate: 0, thumbnail: false }

  it('is small beside thin sound, however much is wished for', () => {
    const small = { ...wish, width: 160, height: 90, fps: 5, bitrate: 20_000 }
    expect(besideSound('thin', wish)).toEqual(small)
    expect(besideSound('thin', { ...wish, width: 0, height: 0, fps: 0 })).toEqual(small)
    const less = { ...wish, width: 120, height: 68, fps: 3, bitrate: 15_000 }
    expect(besideSound('thin', less)).toEqual(less)
  })

  it('is one beside thin sound: the thumbnail goes while it is the only one', () => {
    const both = { ...wish, thumbnail: true }
    expect(besideSound('thin', both).thumbnail).toBe(false)
    expect(besideSound('thin', { ...both, active: false }).thumbnail).toBe(true)
  })

  it('is sent as it is wished for where the line carries everything', () => {
    expect(besideSound('full', wish)).toBe(wish)
  })

  it('sends neither picture nor thumbnail while sound goes alone', () => {
    expect(besideSound('sound', { ...wish, thumbnail: true })).toEqual({ ...wish, active: false })
  })
})
