import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { browserEnvironment } from '@/signal/browser-environment'
import { endingOf } from '@/signal/closing'
import { Refusal, SignalConnection } from '@/signal/signal-connection'
import { WELCOME } from './messages'

/** A WebSocket in the hands of the test. */
class FakeSocket {
  readyState = 0
  sent: Record<string, unknown>[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  closed: number | undefined | null = null

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>)
  }
  close(code?: number): void {
    this.readyState = 3
    this.closed = code
  }
  opens(): void {
    this.readyState = 1
    this.onopen?.()
  }
  tells(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
  breaks(code = 1006): void {
    this.readyState = 3
    this.onclose?.({ code })
  }
}

function setUp(
  signedIn: () => Promise<boolean> = () => Promise.resolve(true),
  random = () => 0,
  onOpen = () => undefined as unknown,
) {
  const sockets: FakeSocket[] = []
  const events = { message: vi.fn(), lost: vi.fn(), ended: vi.fn() }
  const connection = new SignalConnection('ws://server/signal', events, {
    open: (_address, subprotocol) => {
      expect(subprotocol).toBe('diemcau.v1')
      const socket = new FakeSocket()
      sockets.push(socket)
      onOpen()
      return socket as unknown as WebSocket
    },
    random,
    signedIn,
  })
  const newest = () => sockets[sockets.length - 1] as FakeSocket
  connection.start()
  return { connection, events, sockets, newest }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('the signalling connection', () => {
  it('hands on what the server tells and drops what it cannot read', () => {
    const { events, newest } = setUp()
    newest().opens()
    newest().tells(WELCOME)
    newest().tells({ type: 'site', site: 7 })
    newest().tells({ type: 'vote' })
    expect(events.message).toHaveBeenCalledTimes(1)
  })

  it('matches answers to requests', async () => {
    const { connection, newest } = setUp()
    newest().opens()
    const mute = connection.request({ type: 'mute', seat: 'A/site', muted: true })
    const stage = connection.request({ type: 'stage', layout: 'grid', pinned: [] })
    const [first, second] = newest().sent.map((message) => message.id)
    newest().tells({
      type: 'error',
      id: second,
      code: 'auth.forbidden',
      title: 'Không',
      detail: 'no',
    })
    newest().tells({ type: 'ok', id: first })
    await expect(mute).resolves.toMatchObject({ type: 'ok' })
    await expect(stage).rejects.toMatchObject({ code: 'auth.forbidden', title: 'Không' })
  })

  it('opens again after a break, later after each failure', async () => {
    const { events, sockets, newest } = setUp()
    newest().opens()
    newest().tells(WELCOME)
    newest().breaks()
    await vi.advanceTimersByTimeAsync(150)
    expect(sockets).toHaveLength(2)
    newest().breaks()
    await vi.advanceTimersByTimeAsync(150)
    expect(sockets).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(150)
    expect(sockets).toHaveLength(3)
    expect(events.lost.mock.calls.map(([wait]) => wait as number)).toEqual([150, 240])
  })

  it('comes back also from a line that was closed in good order without a reason', async () => {
    const { events, sockets, newest } = setUp()
    newest().opens()
    newest().tells(WELCOME)
    newest().breaks(1000)
    await vi.advanceTimersByTimeAsync(150)
    expect(events.ended).not.toHaveBeenCalled()
    expect(sockets).toHaveLength(2)
  })

  it('does not wait for a dead line to finish closing', async () => {
    const { events, sockets, newest } = setUp()
    newest().opens()
    newest().tells(WELCOME)
    newest().readyState = 2
    await vi.advanceTimersByTimeAsync(5150)
    expect(events.lost).toHaveBeenCalledTimes(1)
    expect(sockets).toHaveLength(2)
  })

  it('begins with short waits again once it was welcomed', async () => {
    const { events, newest } = setUp()
    for (let time = 0; time < 3; time += 1) {
      newest().breaks()
      await vi.advanceTimersByTimeAsync(2000)
    }
    newest().opens()
    newest().tells(WELCOME)
    newest().breaks()
    await vi.advanceTimersByTimeAsync(0)
    expect(events.lost).toHaveBeenLastCalledWith(150)
  })

  it('opens a doubted line anew unless the server answers', async () => {
    const { connection, events, sockets, newest } = setUp()
    newest().opens()
    newest().tells(WELCOME)
    const first = newest()
    void connection.doubt(1000)
    first.tells({ type: 'pong', id: first.sent[0]?.id, server_time: '2026-11-23T08:00:00Z' })
    await vi.advanceTimersByTimeAsync(1500)
    expect(sockets).toHaveLength(1)
    void connection.doubt(1000)
    await vi.advanceTimersByTimeAsync(600)
    expect(events.lost).toHaveBeenCalledExactlyOnceWith(150)
    expect(sockets).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(150)
    expect(sockets).toHaveLength(2)
  })

  it('comes back at a time of its own when every site doubts a server that paused', async () => {
    const opened: number[] = []
    const began = Date.now()
    for (let site = 0; site < 266; site += 1) {
      const { connection, newest } = setUp(
        undefined,
        () => site / 266,
        () => opened.push(Date.now() - began),
      )
      newest().opens()
      void connection.doubt(1000)
    }
    opened.length = 0
    await vi.advanceTimersByTimeAsync(1500)
    expect(opened).toHaveLength(266)
    expect(Math.max(...opened)).toBeLessThan(1300)
    const most = Math.max(
      ...opened.map((at) => opened.filter((each) => each >= at && each < at + 50).length),
    )
    expect(most).toBeLessThan(266 / 8)
  })

  it('does not fight for a seat that was taken elsewhere', async () => {
    const { events, sockets, newest } = setUp()
    newest().opens()
    newest().tells({ type: 'closed', code: 'replaced', detail: '' })
    newest().breaks(4409)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(events.ended).toHaveBeenCalledWith('replaced')
    expect(sockets).toHaveLength(1)
  })

  it('says why a visit was refused that the server then closes in order', async () => {
    const { events, sockets, newest } = setUp()
    newest().opens()
    newest().tells({ type: 'error', code: 'meeting.not_open', title: '', detail: '' })
    newest().breaks(1000)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(events.ended).toHaveBeenCalledWith('not_begun')
    expect(sockets).toHaveLength(1)
  })

  it('asks whether the session still stands when it is not let in', async () => {
    const { events, sockets, newest } = setUp(() => Promise.resolve(false))
    newest().breaks()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(events.ended).toHaveBeenCalledWith('signed_out')
    expect(sockets).toHaveLength(1)
  })

  it('tries on while the answer about the session is on its way, and asks one at a time', async () => {
    const signedIn = vi.fn(() => new Promise<boolean>(() => undefined))
    const { connection, sockets, newest } = setUp(signedIn)
    newest().breaks()
    await vi.advanceTimersByTimeAsync(150)
    expect(sockets).toHaveLength(2)
    newest().breaks()
    connection.retryNow()
    expect(sockets).toHaveLength(3)
    expect(signedIn).toHaveBeenCalledTimes(1)
  })

  it('ends at a slow answer that says signed out, though a next attempt is under way', async () => {
    let answer: ((signedIn: boolean) => void) | null = null
    const { events, sockets, newest } = setUp(() => new Promise((resolve) => (answer = resolve)))
    newest().breaks()
    await vi.advanceTimersByTimeAsync(150)
    ;(answer as unknown as (signedIn: boolean) => void)(false)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(events.ended).toHaveBeenCalledWith('signed_out')
    expect(newest().closed).not.toBeNull()
    expect(sockets).toHaveLength(2)
  })

  it.each(['let in', 'begun anew'])(
    'does not end at an answer from before it was %s',
    async (how) => {
      let answer: ((signedIn: boolean) => void) | null = null
      const { connection, events, sockets, newest } = setUp(
        () => new Promise((resolve) => (answer = resolve)),
      )
      newest().breaks()
      if (how === 'let in') await vi.advanceTimersByTimeAsync(150)
      else connection.start()
      const again = newest()
      again.opens()
      ;(answer as unknown as (signedIn: boolean) => void)(false)
      await vi.advanceTimersByTimeAsync(4000)
      expect(events.ended).not.toHaveBeenCalled()
      expect(again.closed).toBeNull()
      expect(sockets).toHaveLength(2)
    },
  )

  it('notices a line that fell silent without closing', async () => {
    const { events, newest } = setUp()
    const first = newest()
    first.opens()
    await vi.advanceTimersByTimeAsync(5000)
    expect(first.sent).toMatchObject([{ type: 'ping' }])
    await vi.advanceTimersByTimeAsync(6000)
    expect(first.closed).not.toBeNull()
    expect(events.lost).toHaveBeenCalledTimes(1)
  })

  it('tells waiting requests when the line breaks', async () => {
    const { connection, newest } = setUp()
    newest().opens()
    const request = connection.request({ type: 'ping' })
    const refused = expect(request).rejects.toBeInstanceOf(Refusal)
    newest().breaks()
    await refused
  })

  it('does not wait when the network is said to be back', async () => {
    const { connection, sockets, newest } = setUp()
    newest().breaks()
    await vi.advanceTimersByTimeAsync(0)
    connection.retryNow()
    expect(sockets).toHaveLength(2)
  })

  it('says goodbye and stays away', async () => {
    const { connection, sockets, newest } = setUp()
    newest().opens()
    connection.stop(true)
    expect(newest().sent).toMatchObject([{ type: 'leave' }])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sockets).toHaveLength(1)
  })
})

describe('the question whether the session still stands', () => {
  afterEach(() => vi.unstubAllGlobals())

  it.each([
    [200, true],
    [401, false],
    [503, true],
  ])('asks for the session alone; %i means %s', async (status, signedIn) => {
    const asked: string[] = []
    vi.stubGlobal('fetch', (path: string) => {
      asked.push(path)
      return Promise.resolve(new Response('{}', { status }))
    })
    expect(await browserEnvironment.signedIn()).toBe(signedIn)
    expect(asked).toEqual(['/api/v1/session'])
  })
})

describe('endings', () => {
  it.each([
    [1000, null, null],
    [1000, 'ended', 'ended'],
    [1000, 'meeting.not_open', 'not_begun'],
    [1000, 'meeting.closed', 'ended'],
    [1000, 'removed', 'removed'],
    [4401, null, 'signed_out'],
    [4403, null, 'forbidden'],
    [4404, null, 'not_found'],
    [4409, null, 'replaced'],
    [1001, 'server.stopping', null],
    [1000, 'media.failed', null],
    [1006, null, null],
    [1008, null, null],
  ] as const)('code %i after %s is %s', (code, message, ending) => {
    expect(endingOf(code, message)).toBe(ending)
  })
})
