import { serialize } from '@/protocol/client-messages'
import { parseServerMessage } from '@/protocol/server-messages'
import type { Answer, ClientMessage, ClientRequest, ServerMessage } from '@/protocol/types'
import { backOff, SIGNAL_BACK_OFF } from './back-off'
import { type Ending, endingOf } from './closing'

/** The server refused a request, or did not answer it (`timeout`, `disconnected`). */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly title = '',
    readonly detail = '',
    /** Of a meeting that is full: how many places it has; 0 where that is not known. */
    readonly limit = 0,
  ) {
    super(detail || title || code)
    this.name = 'Refusal'
  }
}

export interface SignalEvents {
  /** Also called for the `welcome` of every reconnection. */
  message(message: ServerMessage): void
  /** The connection is gone; the next attempt is in `wait` milliseconds. */
  lost(wait: number): void
  /** It will not be opened again by itself. */
  ended(ending: Ending): void
}

/** What the connection needs of the browser; tests give their own. */
export interface SignalEnvironment {
  open(address: string, subprotocol: string): WebSocket
  random(): number
  /** Asks over HTTP whether the session is still good: a refused upgrade shows no reason. */
  signedIn(): Promise<boolean>
}

export const SUBPROTOCOL = 'diemcau.v1'
const ANSWER_TIMEOUT = 10_000
const PING_INTERVAL = 5_000
const PING_TIMEOUT = 6_000
const OPEN_TIMEOUT = 10_000
/** A cut line swallows the first packets of an attempt, and TCP repeats them ever more rarely. */
const REOPEN_TIMEOUT = 4_000

interface Waiting {
  resolve(answer: Answer): void
  reject(refusal: Refusal): void
  timer: ReturnType<typeof setTimeout>
}

/**
 * One meeting's WebSocket for as long as the page is open: opens again with jittered back-off,
 * matches answers to requests, notices a dead line by its own pings (the browser hides the
 * server's), and stops for good when the server says so.
 */
export class SignalConnection {
  private socket: WebSocket | null = null
  private attempts = 0
  private nextId = 1
  private closedMessage: string | null = null
  private stopped = false
  /** Raised when what was asked of the session before says nothing any more. */
  private era = 0
  private asking = false
  private readonly waiting = new Map<number, Waiting>()
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private openTimer: ReturnType<typeof setTimeout> | undefined
  private pingTimer: ReturnType<typeof setInterval> | undefined

  /** Milliseconds of the last ping, or null before the first. */
  roundTrip: number | null = null

  constructor(
    private readonly address: string,
    private readonly events: SignalEvents,
    private readonly environment: SignalEnvironment,
  ) {}

  get isOpen(): boolean {
    return this.socket?.readyState === 1
  }

  start(): void {
    this.stopped = false
    this.era += 1
    this.attempts = 0
    this.open()
  }

  /** The network came back: no reason to wait longer. */
  retryNow(): void {
    if (!this.stopped && this.retryTimer !== undefined) this.open()
  }

  /**
   * The line is doubted: unless the server answers in about `timeout`, it is opened anew. A server
   * that paused is doubted by every site at once; they must not all come back in one moment.
   */
  doubt(timeout: number): Promise<void> {
    return this.ping(timeout * (0.6 + 0.4 * this.environment.random()))
  }

  /** Drops the socket and begins afresh, as if the line had broken. */
  reconnect(): void {
    if (!this.stopped) this.drop()
  }

  send(message: ClientMessage): void {
    if (this.isOpen) this.socket?.send(serialize(message))
  }

  request(message: ClientRequest, timeout = ANSWER_TIMEOUT): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(new Refusal('disconnected'))
      const id = this.nextId++
      const timer = setTimeout(() => {
        this.waiting.delete(id)
        reject(new Refusal('timeout'))
      }, timeout)
      this.waiting.set(id, { resolve, reject, timer })
      this.socket?.send(serialize(message, id))
    })
  }

  /** Ends it from this side. `leave` tells the server to free the seat. */
  stop(leave: boolean): void {
    this.stopped = true
    if (leave) this.send({ type: 'leave' })
    const socket = this.detach()
    socket?.close(1000)
  }

  private open(): void {
    this.detach()?.close()
    this.closedMessage = null
    let opened = false
    const socket = this.environment.open(this.address, SUBPROTOCOL)
    this.socket = socket
    const patience = this.attempts > 0 ? REOPEN_TIMEOUT : OPEN_TIMEOUT
    this.openTimer = setTimeout(() => this.drop(), patience)
    socket.onopen = () => {
      opened = true
      this.era += 1
      clearTimeout(this.openTimer)
      this.pingTimer = setInterval(() => {
        // Closing for as long as this: on a dead line the browser waits a minute for the other side.
        if (!this.isOpen) void this.onClose(socket, 1006, true)
        else void this.ping()
      }, PING_INTERVAL)
    }
    socket.onmessage = (event) => this.receive(event.data)
    socket.onclose = (event) => this.onClose(socket, event.code, opened)
  }

  private receive(data: unknown): void {
    const parsed = parseServerMessage(data)
    if (!parsed.ok) return
    const message = parsed.message
    if (message.type === 'welcome') this.attempts = 0
    if (message.type === 'closed') this.closedMessage = message.code
    if (message.type === 'error' && message.id === null) this.closedMessage = message.code
    if (!this.settle(message)) this.events.message(message)
  }

  /** True when the message answered a request. */
  private settle(message: ServerMessage): boolean {
    if (!('id' in message) || message.id === null) return false
    const waiting = this.waiting.get(message.id)
    if (!waiting) return message.type !== 'error'
    this.waiting.delete(message.id)
    clearTimeout(waiting.timer)
    if (message.type === 'error') {
      waiting.reject(new Refusal(message.code, message.title, message.detail))
    } else {
      waiting.resolve(message)
    }
    return true
  }

  private async ping(timeout = PING_TIMEOUT): Promise<void> {
    const socket = this.socket
    const started = performance.now()
    try {
      await this.request({ type: 'ping' }, timeout)
      this.roundTrip = performance.now() - started
    } catch (error) {
      const silent = error instanceof Refusal && error.code === 'timeout'
      if (silent && socket === this.socket) this.drop()
    }
  }

  private drop(): void {
    const socket = this.detach()
    socket?.close()
    this.scheduleRetry()
  }

  private onClose(socket: WebSocket, code: number, opened: boolean): void {
    if (socket !== this.socket) return
    const ending = endingOf(code, this.closedMessage)
    this.detach()
    if (this.stopped) return
    if (ending) return this.end(ending)
    this.scheduleRetry()
    if (!opened) void this.askSession()
  }

  /** The attempts go on meanwhile: the answer takes its time on the line that just failed. */
  private async askSession(): Promise<void> {
    if (this.asking) return
    this.asking = true
    const era = this.era
    const signedIn = await this.environment.signedIn()
    this.asking = false
    if (!signedIn && era === this.era && !this.stopped) this.end('signed_out')
  }

  private end(ending: Ending): void {
    this.stopped = true
    this.detach()?.close()
    this.events.ended(ending)
  }

  private scheduleRetry(): void {
    const wait = backOff(this.attempts++, this.environment.random(), SIGNAL_BACK_OFF)
    this.retryTimer = setTimeout(() => this.open(), wait)
    this.events.lost(wait)
  }

  /** Forgets the socket and everything that waited on it. */
  private detach(): WebSocket | null {
    clearTimeout(this.retryTimer)
    clearTimeout(this.openTimer)
    clearInterval(this.pingTimer)
    this.retryTimer = undefined
    const socket = this.socket
    this.socket = null
    if (socket) socket.onopen = socket.onmessage = socket.onclose = null
    for (const waiting of this.waiting.values()) {
      clearTimeout(waiting.timer)
      waiting.reject(new Refusal('disconnected'))
    }
    this.waiting.clear()
    return socket
  }
}
