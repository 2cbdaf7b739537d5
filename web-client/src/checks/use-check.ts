/** One run through the test room: what it does now, what it has measured, and what it plays. */
import { computed, onScopeDispose, reactive, ref, shallowRef } from 'vue'
import { showForDebugging } from '@/debug'
import { PeerSession } from '@/media/peer-session'
import { ApiProblem } from '@/protocol/api'
import {
  beginStep,
  bestUplink,
  closeTestRoom,
  type Finding,
  openTestRoom,
  reportFigures,
  type TestRoom,
  type TestStep,
} from '@/protocol/checks'
import type { Uplink } from '@/protocol/types'
import { useLocalMedia } from '@/stores/local-media'
import { randomId, thisDevice } from './device'
import { findEcho, type SoundMoment } from './echo'
import { type Figures, noFigures } from './figures'
import { bestRate, countersOf, type LineCounters, lossBetween } from './line-figures'
import { NoisePicture } from './noise-picture'
import { PictureProbe } from './picture-look'
import { LevelTrace } from './sound-level'
import { SoundPair } from './sound-pair'

export const PHASES = ['connect', 'up', 'down', 'record', 'tone', 'play'] as const
export type Phase = (typeof PHASES)[number]

const CONNECT_TIMEOUT = 15_000
const UP_TIME = 4000
const LOOK_EVERY = 100
const ECHO_EVERY = 500
const LINE_BUSY_TRIES = 12
/** Packets; fewer in the whole time of measuring up are no measurement. */
const LEAST_SENT = 60
/** What the stage asks of a speaker; and more than any line to a site is expected to carry. */
const CAMERA: Uplink = {
  active: true,
  width: 1280,
  height: 720,
  fps: 25,
  bitrate: 1_500_000,
  thumbnail: false,
}
const NOISE: Uplink = { ...CAMERA, width: 640, height: 360, bitrate: 4_000_000 }
const NONE: Uplink = { ...CAMERA, active: false }

const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

class Aborted extends Error {}

/** `aside`: a meeting goes on beside it, whose connection is the page's. */
export function useCheck(preview: () => HTMLVideoElement | null, aside = false) {
  const local = useLocalMedia()
  const phase = ref<Phase | 'idle' | 'done'>('idle')
  /** Milliseconds left of the phase, when it has a length. */
  const left = ref(0)
  const problem = shallowRef<unknown>(null)
  const figures = reactive(noFigures()) as Figures
  const findings = shallowRef<Finding[]>([])
  /** Why the result could not be told to the server. */
  const unreported = shallowRef<unknown>(null)
  const sound = shallowRef<MediaStream | null>(null)
  const picture = shallowRef<MediaStream | null>(null)
  let peer: PeerSession | null = null
  let room: TestRoom | null = null
  let run = 0
  let id = ''
  let played = false

  async function start(): Promise<void> {
    end()
    run += 1
    const mine = run
    id = randomId()
    played = false
    Object.assign(figures, noFigures())
    findings.value = []
    problem.value = null
    try {
      await go(mine)
    } catch (error) {
      if (error instanceof Aborted) return
      problem.value = error
    } finally {
      if (mine === run) end()
    }
    await report()
    if (mine === run) phase.value = 'done'
  }

  /** What was found is told even if the line or a device failed: that is what the board is for. */
  async function report(): Promise<void> {
    try {
      findings.value = (await reportFigures(id, thisDevice(), figures)).findings
      unreported.value = null
    } catch (error) {
      unreported.value = error
    }
  }

  /** Whether the person there heard what was played. */
  async function answer(heard: boolean): Promise<void> {
    figures.speaker = heard ? 'heard' : 'unheard'
    await report()
  }

  async function go(mine: number): Promise<void> {
    readDevices()
    phase.value = 'connect'
    await connect(mine)
    phase.value = 'up'
    await measureUp(mine)
    phase.value = 'down'
    await measureDown(mine)
    phase.value = 'record'
    readDevices() // one that was still opening is there by now
    await record(mine)
    phase.value = 'tone'
    await listenForEcho(mine)
    phase.value = 'play'
    await play(mine)
  }

  function readDevices(): void {
    figures.camera.state = local.camera ? 'live' : (local.cameraProblem ?? 'off')
    figures.microphone.state = local.microphone ? 'live' : (local.microphoneProblem ?? 'absent')
  }

  async function connect(mine: number): Promise<void> {
    const connected = new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), CONNECT_TIMEOUT)
      peer = new PeerSession((path) => {
        if (path === 'connected') resolve(true)
        if (path === 'failed') resolve(false)
      })
    })
    const session = need<PeerSession>(peer, mine)
    if (!aside) showForDebugging({ peer: session.connection, signal: 'test-room' })
    await session.setUplink(NONE, NONE)
    await session.setTrack('microphone', local.microphone)
    const opened = await openTestRoom(await session.offer(), thisDevice().id)
    if (mine !== run) {
      // Given up meanwhile: the server has few rooms, and another hall waits for one.
      void closeTestRoom(opened.id).catch(() => undefined)
      throw new Aborted()
    }
    room = opened
    await session.accept(room.sdp)
    figures.connected = await connected
    need(peer, mine)
    if (!figures.connected) throw new ApiProblem(0, 'check.not_connected', '', 'no media path')
    sound.value = session.sound
  }

  async function measureUp(mine: number): Promise<void> {
    const session = need(peer, mine)
    const noise = new NoisePicture()
    try {
      await session.setUplink(NONE, NOISE)
      await session.setTrack('screen', noise.track)
      const before = await counters(mine)
      await during(UP_TIME, mine)
      const sent = (await counters(mine)).sent - before.sent
      // A machine too busy to draw the noise has not tried the line.
      if (room && sent >= LEAST_SENT) figures.up = (await bestUplink(room.id)) / 1000
    } finally {
      noise.close()
      await session.setTrack('screen', null).catch(() => undefined)
    }
  }

  async function measureDown(mine: number): Promise<void> {
    const samples: LineCounters[] = []
    let time = 0
    for (let tries = 0; time === 0; tries += 1) {
      try {
        time = await step('probe', mine)
      } catch (error) {
        const busy = error instanceof ApiProblem && error.code === 'check.line_busy'
        if (!busy) throw error
        // Halls that began together measure one after the other; what else there is to check goes on
        // without this figure.
        if (tries >= LINE_BUSY_TRIES) return
        await wait(600 + 800 * Math.random())
      }
    }
    await during(time + 500, mine, async () => void samples.push(await counters(mine)))
    figures.down = bestRate(samples)
  }

  async function record(mine: number): Promise<void> {
    const session = need(peer, mine)
    await session.setUplink(CAMERA, NONE)
    await session.setTrack('camera', local.camera)
    await wait(600) // the encoder has its first pictures out
    const before = await counters(mine)
    figures.transport = before.transport
    const video = preview()
    const probe = video && local.camera ? new PictureProbe(video) : null
    const pair = new SoundPair(local.microphone, session.sound)
    const level = new LevelTrace()
    const frames = video?.getVideoPlaybackQuality().totalVideoFrames ?? 0
    const began = performance.now()
    try {
      await during(await step('record', mine), mine, async () => {
        probe?.take()
        const block = pair.block()
        if (block) level.add(block)
        return Promise.resolve()
      })
    } finally {
      pair.close()
    }
    const seconds = (performance.now() - began) / 1000
    Object.assign(figures.microphone, level.level() ?? {})
    if (video && local.camera) {
      const shown = video.getVideoPlaybackQuality().totalVideoFrames - frames
      Object.assign(figures.camera, probe?.trace.look() ?? {}, {
        width: video.videoWidth,
        height: video.videoHeight,
        fps: Math.round((10 * shown) / seconds) / 10,
      })
    }
    await wait(1000) // the server's report on the last second
    const after = await counters(mine)
    figures.lossUp = lossBetween(before, after, 'up')
    figures.roundTrip = after.roundTrip
    await session.setTrack('camera', null)
  }

  async function listenForEcho(mine: number): Promise<void> {
    const session = need(peer, mine)
    const pair = new SoundPair(local.microphone, session.sound)
    const moments: SoundMoment[] = []
    let last = 0
    try {
      await during(await step('tone', mine), mine, async () => {
        const now = performance.now()
        const moment = now - last >= ECHO_EVERY ? pair.moment() : null
        if (moment) {
          last = now
          moments.push(moment)
        }
        return Promise.resolve()
      })
      figures.echo = findEcho(moments, pair.sampleRate)
    } finally {
      pair.close()
    }
    await settled(mine)
  }

  async function play(mine: number): Promise<void> {
    const session = need(peer, mine)
    const before = await counters(mine)
    const time = await step('play', mine)
    picture.value = session.stage
    await during(time + 800, mine)
    const after = await counters(mine)
    figures.lossDown = lossBetween(before, after, 'down')
    figures.jitter = after.jitterDown
    played = true
    picture.value = null
  }

  /** The step before may be over here a moment earlier than there. */
  async function settled(mine: number): Promise<void> {
    await wait(400)
    need(peer, mine)
  }

  async function step(name: TestStep, mine: number): Promise<number> {
    need(peer, mine)
    for (let tries = 0; ; tries += 1) {
      try {
        return await beginStep(room?.id ?? '', name)
      } catch (error) {
        const busy = error instanceof ApiProblem && error.code === 'check.busy'
        if (!busy || tries >= 10) throw error
        await wait(200)
        need(peer, mine)
      }
    }
  }

  async function during(
    time: number,
    mine: number,
    look: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const until = performance.now() + time
    for (let rest = time; rest > 0; rest = until - performance.now()) {
      left.value = rest
      await wait(Math.min(LOOK_EVERY, rest))
      need(peer, mine)
      await look()
    }
    left.value = 0
  }

  async function counters(mine: number): Promise<LineCounters> {
    return countersOf(await need(peer, mine).connection.getStats(), performance.now())
  }

  function need<T>(thing: T | null, mine: number): T {
    if (mine !== run || thing === null) throw new Aborted()
    return thing
  }

  function end(): void {
    peer?.close()
    peer = null
    sound.value = picture.value = null
    left.value = 0
    if (room) void closeTestRoom(room.id).catch(() => undefined)
    room = null
  }

  function stop(): void {
    run += 1
    end()
    phase.value = 'idle'
  }
  onScopeDispose(stop)

  const asking = computed(() => phase.value === 'done' && played && figures.speaker === 'unknown')

  return {
    phase,
    left,
    problem,
    unreported,
    figures,
    findings,
    asking,
    sound,
    picture,
    start,
    stop,
    report,
    answer,
  }
}
