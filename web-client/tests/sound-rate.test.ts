import { describe, expect, it } from 'vitest'
import { besideSound, SoundPolicy, soundParameters } from '@/media/sound-rate'

const LINE = 40
const QUEUED = 900

/** Feeds round trips, one every two seconds, and keeps the time. */
class Line {
  readonly policy = new SoundPolicy()
  at = 0

  see(roundTrip: number | null, seconds: number) {
    for (const end = this.at + seconds * 1000; this.at < end; this.at += 2000) {
      this.policy.next(this.at, roundTrip)
    }
    return this.policy.rate
  }
}

describe('the sound of the microphone', () => {
  it('is full on a line without a queue, however long that is and whatever it loses', () => {
    expect(new Line().see(LINE, 600)).toBe('full')
    expect(new Line().see(700, 600)).toBe('full')
  })

  it('becomes thin when a queue stands', () => {
    const line = new Line()
    line.see(LINE, 20)
    expect(line.see(QUEUED, 4)).toBe('full')
    expect(line.see(QUEUED, 2)).toBe('thin')
  })

  it('stays full through a hiccup', () => {
    const line = new Line()
    line.see(LINE, 20)
    line.see(QUEUED, 4)
    line.see(LINE, 2)
    expect(line.see(QUEUED, 4)).toBe('full')
  })

  it('is full again after two minutes without a queue', () => {
    const line = new Line()
    line.see(LINE, 20)
    line.see(QUEUED, 6)
    expect(line.see(LINE, 120)).toBe('thin')
    expect(line.see(LINE, 2)).toBe('full')
  })

  it('is thin at the first sight of a queue that full sound made, and waits twice as long', () => {
    const line = new Line()
    line.see(LINE, 20)
    line.see(QUEUED, 6)
    line.see(LINE, 122)
    expect(line.see(QUEUED, 2)).toBe('thin')
    expect(line.see(LINE, 240)).toBe('thin')
    expect(line.see(LINE, 2)).toBe('full')
  })

  it('waits for peace from the last queue on', () => {
    const line = new Line()
    line.see(LINE, 20)
    line.see(QUEUED, 6)
    line.see(LINE, 60)
    line.see(QUEUED, 2)
    expect(line.see(LINE, 120)).toBe('thin')
    expect(line.see(LINE, 2)).toBe('full')
  })

  it('takes a queue that stands for minutes for no short line', () => {
    const line = new Line()
    line.see(LINE, 20)
    expect(line.see(QUEUED, 480)).toBe('thin')
  })

  it('is not judged by what was not measured', () => {
    const line = new Line()
    line.see(LINE, 20)
    line.see(QUEUED, 4)
    expect(line.see(null, 60)).toBe('full')
  })
})

describe('the encoding of the microphone', () => {
  const red = { mimeType: 'audio/red', clockRate: 48000, channels: 2 }
  const opus = { mimeType: 'audio/opus', clockRate: 48000, channels: 2 }

  it('is limited and without redundancy when thin', () => {
    expect(soundParameters('thin', [red, opus])).toEqual({ maxBitrate: 12_000, codec: opus })
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

  it('has few frames beside thin sound, however many are wished for', () => {
    expect(besideSound('thin', wish)).toEqual({ ...wish, fps: 5 })
    expect(besideSound('thin', { ...wish, fps: 0 }).fps).toBe(5)
    expect(besideSound('thin', { ...wish, fps: 3 }).fps).toBe(3)
    expect(besideSound('full', wish)).toBe(wish)
  })
})
