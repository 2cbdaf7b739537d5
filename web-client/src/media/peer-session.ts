import type { Line, Uplink } from '@/protocol/types'
import { preferredAudioCodecs, preferredVideoCodecs } from './codecs'
import {
  cameraLayers,
  encoderParameters,
  FIRST_UPLINK,
  SMALL_RID,
  thumbnailParameters,
} from './encoder-parameters'
import { rateLine, sampleOf, wayUp, SteadyLine, type LineSample } from './line-quality'
import { besideSound, soundParameters, UplinkPolicy } from './uplink-policy'

export type Slot = 'microphone' | 'camera' | 'screen'
export type PathState = 'connecting' | 'connected' | 'interrupted' | 'failed'

/** A closed network answers at once; one that does not must not hold the join. */
const GATHERING_TIMEOUT = 1000
/** An encoder that could not be set up, as while its camera is being changed, is tried again. */
const RETRY_AFTER = [200, 1000, 3000]

/**
 * One RTCPeerConnection with the three fixed slots of PROTOCOL.md: audio, stage, second picture.
 * Nothing is renegotiated after the join but an ICE restart; what a slot sends is changed by
 * replaceTrack and setParameters, what it shows by the server.
 */
export class PeerSession {
  readonly connection: RTCPeerConnection
  readonly sound: MediaStream
  readonly stage: MediaStream
  readonly second: MediaStream
  private readonly slots: Record<Slot, RTCRtpTransceiver>
  private readonly wishes: Record<'camera' | 'screen', Uplink> = {
    camera: FIRST_UPLINK,
    screen: FIRST_UPLINK,
  }
  private pending: Promise<void> = Promise.resolve()
  private readonly retries: Partial<Record<Slot, ReturnType<typeof setTimeout>>> = {}
  private lastSample: LineSample | null = null
  private readonly line = new SteadyLine()
  private readonly policy = new UplinkPolicy()

  constructor(onPath: (state: PathState) => void) {
    this.connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' })
    // Microphone and camera share a stream id, so that the server's reader may keep them in step.
    const site = new MediaStream()
    this.slots = {
      microphone: this.add('audio', [site]),
      camera: this.add('video', [site], cameraLayers()),
      screen: this.add('video', [new MediaStream()]),
    }
    this.sound = new MediaStream([this.slots.microphone.receiver.track])
    this.stage = new MediaStream([this.slots.camera.receiver.track])
    this.second = new MediaStream([this.slots.screen.receiver.track])
    this.connection.onconnectionstatechange = () => onPath(this.path)
    this.connection.oniceconnectionstatechange = () => onPath(this.path)
  }

  get path(): PathState {
    const { connectionState, iceConnectionState } = this.connection
    if (connectionState === 'failed' || iceConnectionState === 'failed') return 'failed'
    if (iceConnectionState === 'disconnected') return 'interrupted'
    return connectionState === 'connected' ? 'connected' : 'connecting'
  }

  /** A complete offer: all candidates are in it. */
  async offer(iceRestart = false): Promise<string> {
    await this.connection.setLocalDescription(await this.connection.createOffer({ iceRestart }))
    await this.gathered()
    return this.connection.localDescription?.sdp ?? ''
  }

  async accept(sdp: string): Promise<void> {
    await this.connection.setRemoteDescription({ type: 'answer', sdp })
    await this.applyWish('camera')
    await this.applyWish('screen')
  }

  /** Null stops the slot: not a packet leaves it. */
  async setTrack(slot: Slot, track: MediaStreamTrack | null): Promise<void> {
    await this.slots[slot].sender.replaceTrack(track)
    if (slot !== 'microphone') await this.applyWish(slot)
  }

  async setUplink(camera: Uplink, screen: Uplink): Promise<void> {
    this.wishes.camera = camera
    this.wishes.screen = screen
    await this.applyWish('camera')
    await this.applyWish('screen')
  }

  /** The line is too narrow for a picture that is wanted. */
  get cameraRests(): boolean {
    const { active, thumbnail } = this.wishes.camera
    const wanted = (active || thumbnail) && this.slots.camera.sender.track !== null
    return wanted && this.policy.sending === 'sound'
  }

  /** Call every second or two. What is sent follows what the line is seen to carry. */
  async measureLine(): Promise<Line> {
    if (this.connection.connectionState !== 'connected') return 'unknown'
    const sample = sampleOf(await this.connection.getStats(), performance.now())
    const rated = rateLine(this.lastSample, sample)
    const up = wayUp(this.lastSample, sample)
    this.lastSample = sample
    const before = this.policy.sending
    if (this.policy.next(sample.at, sample.roundTrip, up) !== before) {
      void this.applyWish('microphone')
      void this.applyWish('camera')
    }
    return this.line.next(rated)
  }

  /** Packets of sound that ever came: the mix never pauses, so when it does the line is dead. */
  async heard(): Promise<number> {
    let packets = 0
    const report = await this.slots.microphone.receiver.getStats()
    report.forEach((entry: Record<string, unknown>) => {
      if (entry.type === 'inbound-rtp' && typeof entry.packetsReceived === 'number') {
        packets += entry.packetsReceived
      }
    })
    return packets
  }

  close(): void {
    this.connection.onconnectionstatechange = null
    this.connection.oniceconnectionstatechange = null
    for (const timer of Object.values(this.retries)) clearTimeout(timer)
    this.connection.close()
  }

  private add(
    kind: 'audio' | 'video',
    streams: MediaStream[],
    sendEncodings: RTCRtpEncodingParameters[] = [],
  ): RTCRtpTransceiver {
    const transceiver = this.connection.addTransceiver(kind, {
      direction: 'sendrecv',
      streams,
      sendEncodings,
    })
    const offered = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? []
    const preferred =
      kind === 'audio' ? preferredAudioCodecs(offered) : preferredVideoCodecs(offered)
    if (preferred.length > 0 && 'setCodecPreferences' in transceiver) {
      transceiver.setCodecPreferences(preferred)
    }
    return transceiver
  }

  /** setParameters must follow its own getParameters undisturbed, so changes stand in line. */
  private applyWish(slot: Slot, attempt = 0): Promise<void> {
    this.pending = this.pending
      .then(() => this.applyNow(slot))
      .catch(() => this.tryAgain(slot, attempt))
    return this.pending
  }

  /** The server waits for a picture that an encoder with its former settings never sends. */
  private tryAgain(slot: Slot, attempt: number): void {
    const after = RETRY_AFTER[attempt]
    if (after === undefined || this.connection.signalingState === 'closed') return
    this.retries[slot] = setTimeout(() => void this.applyWish(slot, attempt + 1), after)
  }

  private async applyNow(slot: Slot): Promise<void> {
    clearTimeout(this.retries[slot])
    const { sender } = this.slots[slot]
    const parameters = sender.getParameters()
    if (!parameters.encodings?.length || this.connection.signalingState === 'closed') return
    for (const encoding of parameters.encodings) {
      delete encoding.maxBitrate
      delete encoding.maxFramerate
      delete (encoding as { codec?: RTCRtpCodec }).codec
      Object.assign(encoding, this.settings(slot, encoding.rid, parameters.codecs ?? []))
    }
    if (slot !== 'microphone') {
      parameters.degradationPreference = slot === 'screen' ? 'maintain-resolution' : 'balanced'
    }
    await sender.setParameters(parameters)
  }

  private settings(slot: Slot, rid: string | undefined, codecs: RTCRtpCodec[]) {
    if (slot === 'microphone') return soundParameters(this.policy.sending, codecs)
    const { width, height } = this.slots[slot].sender.track?.getSettings() ?? {}
    const source = width && height ? { width, height } : null
    // A server without simulcast leaves one encoding, without its rid: the large one.
    const settings = rid === SMALL_RID ? thumbnailParameters : encoderParameters
    const wish = this.wishes[slot]
    return settings(slot === 'camera' ? besideSound(this.policy.sending, wish) : wish, source)
  }

  private gathered(): Promise<void> {
    if (this.connection.iceGatheringState === 'complete') return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.connection.removeEventListener('icegatheringstatechange', check)
        resolve()
      }
      const check = () => this.connection.iceGatheringState === 'complete' && done()
      const timer = setTimeout(done, GATHERING_TIMEOUT)
      this.connection.addEventListener('icegatheringstatechange', check)
    })
  }
}
