import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick, ref, shallowRef } from 'vue'
import type { PathState } from '@/media/peer-session'
import { MeetingVisit, type Peer } from '@/meeting/visit'
import type { Answer, ClientMessage, ClientRequest, ServerMessage, Welcome } from '@/protocol/types'
import { parseServerMessage } from '@/protocol/server-messages'
import { Refusal, type SignalEvents } from '@/signal/signal-connection'
import { WELCOME } from './messages'

class FakePeer {
  path: PathState = 'connecting'
  tracks: Record<string, unknown> = {}
  uplinks: unknown[] = []
  restarts = 0
  closed = false
  constructor(readonly onPath: (path: PathState) => void) {}
  becomes(path: PathState): void {
    this.path = path
    this.onPath(path)
  }
  offer(restart = false): Promise<string> {
    if (restart) this.restarts += 1
    return Promise.resolve('offer')
  }
  accept = vi.fn(() => Promise.resolve())
  setTrack(slot: string, track: unknown): Promise<void> {
    this.tracks[slot] = track
    return Promise.resolve()
  }
  setUplink(...wish: unknown[]): Promise<void> {
    this.uplinks.push(wish)
    return Promise.resolve()
  }
  measureLine = () => Promise.resolve('good' as const)
  cameraRests = false
  packets = 1
  heard = () => Promise.resolve(this.packets)
  close(): void {
    this.closed = true
  }
}

function setUp(answer?: (message: ClientRequest) => Promise<Answer>) {
  let events: SignalEvents | null = null
  const peers: FakePeer[] = []
  const requests: ClientRequest[] = []
  const sent: ClientMessage[] = []
  const microphone = shallowRef<MediaStreamTrack | null>(null)
  const camera = ref(false)
  const cameraTrack = shallowRef<MediaStreamTrack | null>(null)
  const onJoined = vi.fn()
  const signal = {
    isOpen: true,
    start: vi.fn(),
    stop: vi.fn(),
    reconnect: vi.fn(),
    retryNow: vi.fn(),
    doubt: vi.fn(() => Promise.resolve()),
    send: (message: ClientMessage) => void sent.push(message),
    request(message: ClientRequest): Promise<Answer> {
      requests.push(message)
      if (answer) return answer(message)
      const type = message.type === 'restart' ? 'restarted' : 'joined'
      return Promise.resolve({ type, id: 1, sdp: 'answer', seat: 'A/site' } as Answer)
    },
  }
  const visit = new MeetingVisit({
    createSignal: (given) => {
      events = given
      return signal
    },
    createPeer: (onPath) => {
      const peer = new FakePeer(onPath)
      peers.push(peer)
      return peer as unknown as Peer
    },
    onMessage: () => undefined,
    tracks: () => ({ microphone: microphone.value, camera: cameraTrack.value, screen: null }),
    mediaState: () => ({
      microphone: microphone.value !== null,
      camera: camera.value,
      screen: false,
    }),
    display: () => ({ width: 1366, height: 768 }),
    onJoined,
  })
  visit.start()
  const server = events as unknown as SignalEvents
  const welcome = parseServerMessage(JSON.stringify(WELCOME))
  if (!welcome.ok) throw new Error('the welcome must parse')
  const tell = async (message: ServerMessage) => {
    server.message(message)
    await vi.advanceTimersByTimeAsync(0)
  }
  const enter = () => tell(welcome.message as Welcome)
  return {
    visit,
    server,
    signal,
    peers,
    requests,
    sent,
    microphone,
    cameraTrack,
    onJoined,
    tell,
    enter,
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a visit', () => {
  it('joins when it is welcomed and is live when the path stands', async () => {
    const { visit, peers, requests, enter } = setUp()
    expect(visit.state.connection).toBe('connecting')
    await enter()
    expect(requests).toMatchObject([
      { type: 'join', sdp: 'offer', display: { width: 1366, height: 768 } },
    ])
    peers[0]?.becomes('connected')
    expect(visit.state.connection).toBe('live')
  })

  it('sends the camera that opened while it was joining', async () => {
    const { peers, cameraTrack, enter } = setUp()
    const slow = () => new Promise<void>((done) => setTimeout(done, 10))
    vi.spyOn(FakePeer.prototype, 'setTrack').mockImplementationOnce(slow)
    const entering = enter()
    const track = { kind: 'video' } as MediaStreamTrack
    cameraTrack.value = track
    await entering
    await vi.advanceTimersByTimeAsync(10)
    expect(peers[0]?.tracks.camera).toBe(track)
  })

  it('keeps the old picture until the new one has come', async () => {
    const { visit, server, peers, enter } = setUp()
    await enter()
    peers[0]?.becomes('connected')
    server.lost(300)
    expect(visit.state.connection).toBe('reconnecting')
    await enter()
    expect(visit.peer.value).toBe(peers[0])
    peers[1]?.becomes('connected')
    expect(visit.peer.value).toBe(peers[1])
    expect(peers[0]?.closed).toBe(true)
    expect(visit.state.connection).toBe('live')
  })

  it('restarts ICE when the path breaks but the server still answers', async () => {
    const { visit, peers, requests, enter } = setUp()
    await enter()
    peers[0]?.becomes('connected')
    peers[0]?.becomes('interrupted')
    expect(visit.state.connection).toBe('interrupted')
    await vi.advanceTimersByTimeAsync(2000)
    expect(requests.at(-1)).toMatchObject({ type: 'restart' })
    expect(peers[0]?.restarts).toBe(1)
    peers[0]?.becomes('connected')
    expect(visit.state.connection).toBe('live')
    expect(peers).toHaveLength(1)
  })

  it('tells when its line is too narrow for its own picture', async () => {
    const { visit, peers, enter } = setUp()
    await enter()
    peers[0]?.becomes('connected')
    peers[0]!.cameraRests = true
    await vi.advanceTimersByTimeAsync(2000)
    expect(visit.state.cameraRests).toBe(true)
  })

  it('lets a short break heal by itself', async () => {
    const { peers, requests, enter } = setUp()
    await enter()
    peers[0]?.becomes('connected')
    peers[0]?.becomes('interrupted')
    await vi.advanceTimersByTimeAsync(500)
    peers[0]?.becomes('connected')
    await vi.advanceTimersByTimeAsync(30_000)
    expect(requests).toHaveLength(1)
  })

  it('joins afresh, and says so, when sound and picture do not come in time', async () => {
    const { visit, peers, enter } = setUp()
    await enter()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(visit.state.mediaBlocked).toBe(true)
    expect(peers).toHaveLength(2)
    peers[1]?.becomes('connected')
    expect(visit.state).toMatchObject({ connection: 'live', mediaBlocked: false })
  })

  it('passes on what the server needs, also when told before the answer', async () => {
    const { peers, tell, enter } = setUp()
    await enter()
    const wish = { active: false, width: 0, height: 0, fps: 0, bitrate: 0, thumbnail: false }
    await tell({ type: 'uplink', camera: wish, screen: wish })
    expect(peers[0]?.uplinks).toEqual([[wish, wish]])
  })

  it('sends and tells what is switched on', async () => {
    const { peers, sent, microphone, enter } = setUp()
    await enter()
    peers[0]?.becomes('connected')
    const track = {} as MediaStreamTrack
    microphone.value = track
    await nextTick()
    expect(peers[0]?.tracks.microphone).toBe(track)
    expect(sent.at(-1)).toMatchObject({ type: 'media', media: { microphone: true } })
  })

  it('says when the server may be told again what to show', async () => {
    const { server, onJoined, enter } = setUp()
    await enter()
    expect(onJoined).toHaveBeenCalledTimes(1)
    server.lost(300)
    await enter()
    expect(onJoined).toHaveBeenCalledTimes(2)
  })

  it('doubts the line once when no sound comes any more, and not while it comes', async () => {
    const { signal, peers, enter } = setUp()
    await enter()
    const peer = peers[0] as FakePeer
    peer.becomes('connected')
    for (let look = 0; look < 5; ++look) {
      peer.packets += 20
      await vi.advanceTimersByTimeAsync(400)
    }
    expect(signal.doubt).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1200)
    expect(signal.doubt).toHaveBeenCalledExactlyOnceWith(1000)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(signal.doubt).toHaveBeenCalledTimes(1)
  })

  it('ends plainly when the join is refused', async () => {
    const { visit, signal, enter } = setUp(() => Promise.reject(new Refusal('meeting.full')))
    await enter()
    expect(visit.state).toMatchObject({
      connection: 'closed',
      refusal: { code: 'meeting.full', limit: 300 },
    })
    expect(signal.stop).toHaveBeenCalledWith(false)
  })

  it('closes everything when it leaves', async () => {
    const { visit, signal, peers, enter } = setUp()
    await enter()
    peers[0]?.becomes('connected')
    visit.leave()
    expect(signal.stop).toHaveBeenCalledWith(true)
    expect(peers[0]?.closed).toBe(true)
    expect(visit.state).toMatchObject({ connection: 'closed', ending: 'left' })
  })
})
