import { reactive, shallowRef, watch } from 'vue'
import type { PathState, PeerSession, Slot } from '@/media/peer-session'
import type { ClientRequest, Line, MediaState, ServerMessage, Size, Uplink } from '@/protocol/types'
import type { Ending } from '@/signal/closing'
import { Refusal, type SignalConnection, type SignalEvents } from '@/signal/signal-connection'

export type Connection =
  /** Reaching the server. */
  | 'connecting'
  /** In the meeting, sound and picture on their way. */
  | 'joining'
  | 'live'
  /** The server cannot be reached; tried again by itself. */
  | 'reconnecting'
  /** At the door: chair or secretary has to let this site in. */
  | 'waiting'
  /** The server answers, but sound and picture do not come through. */
  | 'interrupted'
  | 'closed'

export type Peer = Pick<
  PeerSession,
  | 'sound'
  | 'stage'
  | 'second'
  | 'connection'
  | 'path'
  | 'offer'
  | 'accept'
  | 'setTrack'
  | 'setUplink'
  | 'measureLine'
  | 'cameraRests'
  | 'heard'
  | 'close'
>
export type Signal = Pick<
  SignalConnection,
  'start' | 'stop' | 'send' | 'request' | 'reconnect' | 'retryNow' | 'doubt' | 'isOpen'
>

/** What a visit is made of; tests give their own. */
export interface VisitParts {
  createSignal(events: SignalEvents): Signal
  createPeer(onPath: (state: PathState) => void): Peer
  /** Called with everything the server tells. */
  onMessage(message: ServerMessage): void
  /** Reactive: the track of each slot, null when it is off. */
  tracks(): Record<Slot, MediaStreamTrack | null>
  mediaState(): MediaState
  /** The largest picture this screen can show. */
  display(): Size
  /** A new join stands, and the server knows nothing yet of what this page wants to see. */
  onJoined(): void
}

/** A short break heals by itself; ICE is restarted when it does not. */
const RESTART_DELAY = 2000
const CONNECT_TIMEOUT = 10_000
const LINE_INTERVAL = 2000
/** So often it is looked whether sound still comes; after two looks without, the line is doubted. */
const PULSE_INTERVAL = 400
const SILENT_LOOKS = 2
const DOUBT_TIMEOUT = 1000

/**
 * One stay in a meeting, from opening the page to leaving it. It joins on every `welcome`, so a
 * lost connection ends in the same seat; the old picture stays until the new one has come.
 */
export class MeetingVisit {
  readonly state = reactive({
    connection: 'connecting' as Connection,
    ending: null as Ending | null,
    refusal: null as Refusal | null,
    line: 'unknown' as Line,
    /** The way up is too narrow for the camera's picture. */
    cameraRests: false,
    /** Joined more than once without sound and picture coming through. */
    mediaBlocked: false,
  })
  /** The peer whose pictures are shown. */
  readonly peer = shallowRef<Peer | null>(null)
  private coming: Peer | null = null
  private uplink: { camera: Uplink; screen: Uplink } | null = null
  private restarting = false
  private limit = 0
  private readonly signal: Signal
  private restartTimer: ReturnType<typeof setTimeout> | undefined
  private watchdog: ReturnType<typeof setTimeout> | undefined
  private lineTimer: ReturnType<typeof setInterval> | undefined
  private pulseTimer: ReturnType<typeof setInterval> | undefined
  private pulse = { heard: 0, silent: 0 }
  private stopWatching: (() => void)[] = []

  constructor(private readonly parts: VisitParts) {
    this.signal = parts.createSignal({
      message: (message) => this.onMessage(message),
      lost: () => this.onLost(),
      ended: (ending) => this.close(ending),
    })
  }

  start(): void {
    this.state.connection = 'connecting'
    this.state.ending = this.state.refusal = null
    this.stopWatching = [
      watch(this.parts.tracks, (now, before) => this.onTracks(now, before)),
      watch(this.parts.mediaState, (media) => this.signal.send({ type: 'media', media })),
    ]
    this.lineTimer = setInterval(() => void this.measure(), LINE_INTERVAL)
    this.pulseTimer = setInterval(() => void this.feelPulse(), PULSE_INTERVAL)
    this.signal.start()
  }

  leave(): void {
    this.signal.stop(true)
    this.close('left')
  }

  async request(message: ClientRequest): Promise<void> {
    await this.signal.request(message)
  }

  /** The network changed under us. */
  onNetworkChange(): void {
    this.signal.retryNow()
    if (this.state.connection === 'live' || this.state.connection === 'interrupted') {
      void this.restart()
    }
  }

  private onMessage(message: ServerMessage): void {
    this.parts.onMessage(message)
    if (message.type === 'welcome') {
      this.limit = message.limit
      void this.join()
    }
    if (message.type === 'admitted' && this.state.connection === 'waiting') void this.join()
    if (message.type === 'uplink') {
      this.uplink = message
      void (this.coming ?? this.peer.value)?.setUplink(message.camera, message.screen)
    }
  }

  private async join(): Promise<void> {
    const returning = this.peer.value !== null
    this.state.connection = returning ? 'reconnecting' : 'joining'
    this.coming?.close()
    this.uplink = null
    const peer = this.parts.createPeer((path) => this.onPath(peer, path))
    this.coming = peer
    this.watch()
    try {
      // Each as it is when its turn comes: a camera may open while the microphone is being set.
      for (const slot of Object.keys(this.parts.tracks()) as Slot[]) {
        await peer.setTrack(slot, this.parts.tracks()[slot])
      }
      const sdp = await peer.offer()
      const media = this.parts.mediaState()
      const display = this.parts.display()
      const answer = await this.signal.request({ type: 'join', sdp, media, display })
      if (this.coming !== peer || answer.type !== 'joined') return
      await peer.accept(answer.sdp)
      this.parts.onJoined()
      const told = this.uplink as { camera: Uplink; screen: Uplink } | null
      if (told) await peer.setUplink(told.camera, told.screen)
      const mediaNow = this.parts.mediaState()
      if (mediaNow !== media) this.signal.send({ type: 'media', media: mediaNow })
      if (this.coming === peer && this.peer.value?.path !== 'connected') this.adopt(peer)
    } catch (error) {
      if (this.coming === peer) this.onJoinFailed(error)
    }
  }

  private onJoinFailed(error: unknown): void {
    const refusal = error instanceof Refusal ? error : new Refusal('sdp.failed', '', String(error))
    if (refusal.code === 'disconnected') return
    if (refusal.code === 'timeout') return this.signal.reconnect()
    if (refusal.code === 'lobby.waiting') return this.waitAtDoor()
    const { code, title, detail } = refusal
    this.state.refusal = new Refusal(code, title, detail, this.limit)
    this.signal.stop(false)
    this.close(null)
  }

  private waitAtDoor(): void {
    clearTimeout(this.watchdog)
    this.coming?.close()
    this.peer.value?.close()
    this.coming = this.peer.value = null
    this.state.connection = 'waiting'
  }

  private adopt(peer: Peer): void {
    const old = this.peer.value
    this.coming = null
    this.peer.value = peer
    if (old !== peer) old?.close()
    this.onPath(peer, peer.path)
  }

  private onPath(peer: Peer, path: PathState): void {
    if (peer === this.coming && path === 'connected') return this.adopt(peer)
    if (peer !== this.peer.value || this.state.connection === 'closed') return
    clearTimeout(this.restartTimer)
    if (path === 'connected') {
      clearTimeout(this.watchdog)
      this.state.mediaBlocked = false
      if (this.signal.isOpen) this.state.connection = 'live'
    } else if (path === 'interrupted' || path === 'failed') {
      if (this.signal.isOpen && !this.coming) this.state.connection = 'interrupted'
      const wait = path === 'failed' ? 0 : RESTART_DELAY
      this.restartTimer = setTimeout(() => void this.restart(), wait)
    }
  }

  /** New ICE credentials over the living connection; if that fails, a new join. */
  private async restart(): Promise<void> {
    const peer = this.peer.value
    if (!peer || this.coming || this.restarting || !this.signal.isOpen) return
    this.restarting = true
    this.watch()
    try {
      const answer = await this.signal.request({ type: 'restart', sdp: await peer.offer(true) })
      if (answer.type === 'restarted' && peer === this.peer.value) await peer.accept(answer.sdp)
      if (peer.path === 'connected') clearTimeout(this.watchdog)
    } catch {
      if (peer === this.peer.value && this.signal.isOpen) void this.join()
    } finally {
      this.restarting = false
    }
  }

  /** Whatever was begun must lead to sound and picture in time, or it begins again. */
  private watch(): void {
    clearTimeout(this.watchdog)
    this.watchdog = setTimeout(() => {
      this.state.mediaBlocked = true
      this.state.connection = 'interrupted'
      if (this.signal.isOpen) void this.join()
    }, CONNECT_TIMEOUT)
  }

  private onLost(): void {
    clearTimeout(this.watchdog)
    clearTimeout(this.restartTimer)
    this.coming?.close()
    this.coming = null
    this.state.connection = this.peer.value ? 'reconnecting' : 'connecting'
  }

  private onTracks(
    now: Record<Slot, MediaStreamTrack | null>,
    before: Record<Slot, MediaStreamTrack | null>,
  ): void {
    for (const slot of Object.keys(now) as Slot[]) {
      if (now[slot] === before[slot]) continue
      for (const peer of [this.peer.value, this.coming]) {
        void peer?.setTrack(slot, now[slot]).catch(() => undefined)
      }
    }
  }

  private async measure(): Promise<void> {
    const peer = this.peer.value
    if (!peer || this.state.connection !== 'live') return
    this.state.line = await peer.measureLine().catch((): Line => 'unknown')
    this.state.cameraRests = peer.cameraRests
  }

  /** A site whose address changed is told nothing by its browser for ten seconds. */
  private async feelPulse(): Promise<void> {
    const peer = this.peer.value
    if (!peer || this.state.connection !== 'live') return
    const heard = await peer.heard().catch(() => 0)
    const silent = heard === this.pulse.heard ? this.pulse.silent + 1 : 0
    this.pulse = { heard, silent }
    // Once in a silence: a quiet server answers, and nothing follows from it.
    if (heard > 0 && silent === SILENT_LOOKS) await this.signal.doubt(DOUBT_TIMEOUT)
  }

  private close(ending: Ending | null): void {
    this.state.connection = 'closed'
    this.state.ending = ending
    this.stopWatching.forEach((stop) => stop())
    this.stopWatching = []
    clearTimeout(this.restartTimer)
    clearTimeout(this.watchdog)
    clearInterval(this.lineTimer)
    clearInterval(this.pulseTimer)
    this.coming?.close()
    this.peer.value?.close()
    this.coming = this.peer.value = null
  }
}
