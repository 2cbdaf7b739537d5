import { describe, expect, it } from 'vitest'
import { preferredAudioCodecs, preferredVideoCodecs } from '@/media/codecs'
import { cameraLayers, encoderParameters, thumbnailParameters } from '@/media/encoder-parameters'
import { type LineSample, rateLine, sampleOf, wayUp, SteadyLine } from '@/media/line-quality'
import { levelOf, SilenceDetector } from '@/media/microphone-meter'

const HD = { width: 1280, height: 720 }
const wish = {
  active: true,
  width: 320,
  height: 180,
  fps: 15,
  bitrate: 200_000,
  thumbnail: false,
}

describe('encoder parameters', () => {
  it('scale the camera down to what the server needs', () => {
    expect(encoderParameters(wish, HD)).toEqual({
      active: true,
      scaleResolutionDownBy: 4,
      maxBitrate: 200_000,
      maxFramerate: 15,
    })
  })

  it('never enlarge', () => {
    const full = { ...wish, width: 1920, height: 1080 }
    expect(encoderParameters(full, HD).scaleResolutionDownBy).toBe(1)
  })

  it('fit a picture of another shape into the wanted box', () => {
    expect(encoderParameters(wish, { width: 768, height: 576 }).scaleResolutionDownBy).toBe(3.2)
    expect(encoderParameters(wish, { width: 2560, height: 720 }).scaleResolutionDownBy).toBe(8)
  })

  it('stop a picture nobody needs', () => {
    expect(encoderParameters({ ...wish, active: false }, HD).active).toBe(false)
  })

  it('set no limit the server did not name', () => {
    const open = { ...wish, width: 0, height: 0, fps: 0, bitrate: 0 }
    expect(encoderParameters(open, HD)).toEqual({ active: true, scaleResolutionDownBy: 1 })
    expect(encoderParameters(wish, null).scaleResolutionDownBy).toBe(1)
  })
})

describe('the layers of a camera', () => {
  it('are the picture, and a thumbnail that waits to be asked for', () => {
    expect(cameraLayers()).toMatchObject([
      { rid: 'h', active: true },
      { rid: 'l', active: false, maxFramerate: 5, maxBitrate: 50_000 },
    ])
  })

  it('send the thumbnail while the picture itself is not needed', () => {
    const onWall = { ...wish, active: false, thumbnail: true }
    expect(encoderParameters(onWall, HD).active).toBe(false)
    expect(thumbnailParameters(onWall, HD)).toEqual({
      active: true,
      scaleResolutionDownBy: 8,
      maxBitrate: 50_000,
      maxFramerate: 5,
    })
  })

  it('keep the thumbnail within 160 by 90, whatever the camera', () => {
    const scale = (width: number, height: number) =>
      thumbnailParameters(wish, { width, height }).scaleResolutionDownBy
    expect(scale(640, 360)).toBe(4)
    expect(scale(640, 480)).toBeCloseTo(480 / 90)
    expect(scale(120, 80)).toBe(1)
  })
})

describe('codec preferences', () => {
  const h264 = (level: string, mode: number) => ({
    mimeType: 'video/H264',
    sdpFmtpLine: `level-asymmetry-allowed=1;packetization-mode=${mode};profile-level-id=${level}`,
  })

  it('put H.264 constrained baseline in mode 1 first, then VP8', () => {
    const offered = [
      { mimeType: 'video/VP8' },
      { mimeType: 'video/rtx' },
      h264('42001f', 1),
      h264('42e01f', 0),
      h264('42e01f', 1),
      h264('4d001f', 1),
      { mimeType: 'video/VP9', sdpFmtpLine: 'profile-id=0' },
      { mimeType: 'video/AV1' },
    ]
    expect(preferredVideoCodecs(offered)).toEqual([
      h264('42e01f', 1),
      h264('42001f', 1),
      { mimeType: 'video/VP8' },
      { mimeType: 'video/rtx' },
    ])
  })

  it('leave VP8 where there is no H.264', () => {
    expect(preferredVideoCodecs([{ mimeType: 'video/VP8' }])).toHaveLength(1)
  })

  it('put RED before Opus', () => {
    const offered = ['audio/opus', 'audio/G722', 'audio/red'].map((mimeType) => ({ mimeType }))
    expect(preferredAudioCodecs(offered).map((codec) => codec.mimeType)).toEqual([
      'audio/red',
      'audio/opus',
    ])
  })
})

describe('line quality', () => {
  const sample = (changes: Partial<LineSample>): LineSample => ({
    at: 0,
    received: 0,
    lost: 0,
    bytes: 0,
    sent: 0,
    pictures: 0,
    estimate: null,
    roundTrip: 20,
    freezes: 0,
    ...changes,
  })
  const before = sample({ received: 1000 })

  it.each([
    ['good', { received: 1200, lost: 1 }],
    ['fair', { received: 1190, lost: 10 }],
    ['fair', { received: 1200, roundTrip: 300 }],
    ['fair', { received: 1200, freezes: 1 }],
    ['poor', { received: 1150, lost: 50 }],
    ['poor', { received: 1200, roundTrip: 900 }],
    ['poor', { received: 1000 }],
  ] as const)('is %s for %j', (line, now) => {
    expect(rateLine(before, sample(now))).toBe(line)
  })

  it('is unknown before anything was measured', () => {
    expect(rateLine(null, before)).toBe('unknown')
    expect(rateLine(sample({}), sample({}))).toBe('unknown')
  })

  it('knows what goes up of the pair in use, and what could while pictures do', () => {
    const report = (bytesSent: number, pictures: number) =>
      new Map<string, unknown>([
        [
          'used',
          { type: 'candidate-pair', nominated: true, bytesSent, availableOutgoingBitrate: 9e5 },
        ],
        ['spare', { type: 'candidate-pair', nominated: false, bytesSent: 1e9 }],
        ['camera', { type: 'outbound-rtp', kind: 'video', bytesSent: pictures }],
        ['microphone', { type: 'outbound-rtp', kind: 'audio', bytesSent }],
      ]) as unknown as RTCStatsReport
    const first = sampleOf(report(1000, 500), 10_000)
    const after = (sent: number, pictures: number) =>
      wayUp(first, sampleOf(report(sent, pictures), 12_000))
    expect(after(26_000, 600)).toEqual({ sent: 100_000, estimate: 900_000 })
    expect(after(26_000, 500)).toEqual({ sent: 100_000, estimate: null })
    expect(after(500, 500)).toBeNull()
    expect(wayUp(null, first)).toBeNull()
  })

  it('does not cry wolf for one bad second', () => {
    const steady = new SteadyLine()
    expect(
      ['good', 'poor', 'good', 'poor', 'poor'].map((line) => steady.next(line as 'good')),
    ).toEqual(['good', 'good', 'good', 'good', 'poor'])
  })
})

describe('microphone', () => {
  it('shows silence at the left end and full sound at the right', () => {
    expect(levelOf(new Float32Array(64))).toEqual({ meter: 0, peak: 0 })
    expect(levelOf(new Float32Array(64).fill(1)).meter).toBe(1)
    const speech = levelOf(new Float32Array(64).fill(0.1)).meter
    expect(speech).toBeGreaterThan(0.5)
    expect(speech).toBeLessThan(0.8)
  })

  it('is called silent only after nothing at all came for a while', () => {
    const silence = new SilenceDetector(5000)
    expect(silence.next(0, 0)).toBe(false)
    expect(silence.next(0, 4999)).toBe(false)
    expect(silence.next(0, 5000)).toBe(true)
    expect(silence.next(0.001, 5100)).toBe(false)
    expect(silence.next(0, 9000)).toBe(false)
  })
})
