import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PeerSession } from '@/media/peer-session'
import type { Uplink } from '@/protocol/types'

const opus = { mimeType: 'audio/opus', clockRate: 48000, channels: 2 }
let stats = new Map<string, unknown>()

/** An encoder that refuses as often as it is told to. */
class Sender {
  track: { getSettings(): MediaTrackSettings } | null = null
  refusals = 0
  readonly set: RTCRtpSendParameters[] = []
  tried = 0

  getParameters() {
    return { encodings: [{ active: true }], codecs: [opus] } as unknown as RTCRtpSendParameters
  }
  async setParameters(parameters: RTCRtpSendParameters) {
    this.tried += 1
    if (this.refusals-- > 0) throw new DOMException('busy', 'InvalidStateError')
    this.set.push(parameters)
  }
}

let senders: Sender[]
class Connection {
  signalingState = 'stable'
  connectionState = 'connected'
  async getStats() {
    return stats
  }
  addTransceiver() {
    const sender = new Sender()
    senders.push(sender)
    return { sender, receiver: { track: {} } }
  }
  close() {
    this.signalingState = 'closed'
  }
}

const wish = (bitrate: number): Uplink => ({
  active: true,
  width: 320,
  height: 180,
  fps: 15,
  bitrate,
  thumbnail: false,
})

describe('the settings of an encoder', () => {
  let session: PeerSession
  let camera: Sender

  beforeEach(() => {
    vi.useFakeTimers()
    senders = []
    vi.stubGlobal('RTCPeerConnection', Connection)
    vi.stubGlobal('RTCRtpReceiver', { getCapabilities: () => null })
    vi.stubGlobal('MediaStream', class {})
    session = new PeerSession(() => undefined)
    camera = senders[1]!
  })
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })

  const lastBitrate = () => camera.set.at(-1)?.encodings[0]?.maxBitrate

  it('are tried again when they were refused', async () => {
    camera.refusals = 2
    await session.setUplink(wish(150_000), wish(0))
    expect(camera.set).toEqual([])
    await vi.runAllTimersAsync()
    expect(lastBitrate()).toBe(150_000)
    expect(camera.tried).toBe(3)
  })

  it('are given up at the fourth refusal, until the next wish', async () => {
    camera.refusals = 4
    await session.setUplink(wish(150_000), wish(0))
    await vi.runAllTimersAsync()
    expect(camera.tried).toBe(4)
    expect(vi.getTimerCount()).toBe(0)
    await session.setUplink(wish(200_000), wish(0))
    expect(lastBitrate()).toBe(200_000)
  })

  it('are those of the latest wish, and set once when it went through', async () => {
    camera.refusals = 1
    await session.setUplink(wish(150_000), wish(0))
    await session.setUplink(wish(200_000), wish(0))
    expect(vi.getTimerCount()).toBe(0)
    await vi.runAllTimersAsync()
    expect(camera.set).toHaveLength(1)
    expect(lastBitrate()).toBe(200_000)
  })

  it('of microphone and camera follow a queue on the line', async () => {
    const microphone = senders[0]!
    camera.track = { getSettings: () => ({}) }
    const at = vi.spyOn(performance, 'now')
    const trips = [0.04, 0.9, 0.9, 0.9]
    for (const [i, currentRoundTripTime] of trips.entries()) {
      const pair = { type: 'candidate-pair', nominated: true, bytesSent: i * 20_000 }
      stats = new Map([['pair', { ...pair, currentRoundTripTime }]])
      at.mockReturnValue(i * 2000)
      await session.measureLine()
    }
    await vi.runAllTimersAsync()
    expect(microphone.set).toHaveLength(1)
    expect(microphone.set[0]!.encodings[0]).toMatchObject({ maxBitrate: 12_000, codec: opus })
    expect(camera.set.at(-1)!.encodings[0]!.active).toBe(false)
    expect(session.cameraRests).toBe(true)
    camera.track = null
    expect(session.cameraRests).toBe(false)
  })

  it('are not touched any more once the session is closed', async () => {
    camera.refusals = 1
    await session.setUplink(wish(150_000), wish(0))
    session.close()
    await vi.runAllTimersAsync()
    expect(camera.tried).toBe(1)
  })
})
