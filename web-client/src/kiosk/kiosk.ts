import { reactive, shallowReactive } from 'vue'
import { ApiProblem } from '@/protocol/api'
import type { EnrolmentRequest, Kiosk } from '@/protocol/devices'
import { backOff, type BackOffPolicy } from '@/signal/back-off'

export type Phase =
  /** Before the server has answered for the first time. */
  | 'starting'
  /** This browser belongs to no unit yet: its code is shown. */
  | 'enrolling'
  /** No meeting that may be entered. */
  | 'waiting'
  | 'meeting'

/** What a kiosk needs of server and browser; tests give their own. */
export interface KioskParts {
  signIn(): Promise<void>
  read(): Promise<Kiosk>
  askToEnrol(): Promise<EnrolmentRequest>
  takeEnrolment(deviceCode: string): Promise<boolean>
  now(): number
  random(): number
  /** After this long without a meeting the page is loaded anew, so that it is never an old one. */
  reload(): void
}

/** A server that is gone is asked again soon, by all halls at different moments. */
const RETRY: BackOffPolicy = { base: 1000, factor: 1.7, ceiling: 10_000 }
/** How long the seat is left to whoever took it or sent this hall out. */
const HELD_FOR = 60_000
/** And after that as long as somebody sits in it, and so long more: he may only be changing rooms. */
const FREE_FOR = 10_000
/** Visits that end sooner, one after another, are a refusal that lasts. */
const SHORT_VISIT = 30_000
const FULL_RETRY = 5000
const SIGN_IN_AGAIN = 3_600_000
const STALE_PAGE = 24 * 3_600_000

/**
 * The unattended hall: enrols, waits for its unit's next meeting, enters and leaves by itself, and
 * begins again after whatever happened. Nothing here needs a hand.
 */
export class KioskControl {
  readonly state = reactive({
    phase: 'starting' as Phase,
    unreachable: false,
    /** Why the meeting that is on is not entered: taken over, sent out, full. */
    held: '',
    /** How many sites the meeting that is full has; 0 where that is not known. */
    limit: 0,
    /** The meeting this hall is in; another that begins meanwhile does not call it out. */
    meeting: '',
  })
  readonly shown = shallowReactive({
    kiosk: null as Kiosk | null,
    request: null as EnrolmentRequest | null,
    /** What the server's clock is ahead of this one, in milliseconds: a hall's PC may be wrong. */
    ahead: 0,
  })
  private timer: ReturnType<typeof setTimeout> | undefined
  private failures = 0
  private signedInAt = 0
  private readonly startedAt: number
  private heldUntil = 0
  private enteredAt = 0
  private shortVisits = 0
  /** The server said not to come before. */
  private notBefore = 0
  private running = false
  private hurried = false
  private stopped = false

  constructor(private readonly parts: KioskParts) {
    this.startedAt = parts.now()
  }

  start(): void {
    void this.step()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
  }

  /** Somebody pressed a key: no reason to wait longer, or to leave the seat to another. */
  hurry(): void {
    this.heldUntil = 0
    this.state.held = ''
    this.online()
  }

  /** The network came back: looked at once, but a seat that another took stays his. */
  online(): void {
    if (this.state.phase !== 'meeting') this.after(Math.max(0, this.notBefore - this.parts.now()))
  }

  /**
   * The visit ended. Taken over elsewhere or sent out, the hall keeps away for a while; anything
   * else (over, closed, signed out, full) is looked at anew at once.
   */
  left(why: string, limit = 0): void {
    const held = why === 'replaced' || why === 'removed'
    this.state.held = held || why === 'meeting.full' ? why : ''
    this.state.limit = limit
    this.heldUntil = held ? this.parts.now() + HELD_FOR : 0
    if (why === 'signed_out') this.signedInAt = 0
    const short = this.parts.now() - this.enteredAt < SHORT_VISIT
    this.shortVisits = short ? this.shortVisits + 1 : 0
    this.state.phase = 'waiting'
    this.state.meeting = ''
    this.after(why === 'meeting.full' ? this.jittered(FULL_RETRY) : this.beforeNextVisit())
  }

  private beforeNextVisit(): number {
    const again = this.shortVisits - 2
    return again < 0 ? 500 : Math.max(500, backOff(again, this.parts.random(), RETRY))
  }

  private jittered(wait: number): number {
    return wait * (0.75 + this.parts.random() / 2)
  }

  private after(wait: number): void {
    clearTimeout(this.timer)
    if (!this.stopped) this.timer = setTimeout(() => void this.step(), wait)
  }

  private async step(): Promise<void> {
    // One at a time, whoever hurries: two questions at once would ask for two codes.
    if (this.running) {
      this.hurried = true
      return
    }
    this.running = true
    await this.ask()
    this.running = false
    if (this.hurried) {
      this.hurried = false
      this.online()
    }
  }

  private async ask(): Promise<void> {
    try {
      const wait = this.shown.request ? await this.enrol(this.shown.request) : await this.look()
      this.failures = 0
      this.state.unreachable = false
      this.after(wait)
    } catch (error) {
      await this.onFailure(error)
    }
  }

  /** Milliseconds until the next look. */
  private async look(): Promise<number> {
    const now = this.parts.now()
    if (this.signedInAt === 0 || now - this.signedInAt > SIGN_IN_AGAIN) {
      await this.parts.signIn()
      this.signedInAt = now
    }
    const kiosk = await this.parts.read()
    this.shown.kiosk = kiosk
    this.shown.ahead = (Date.parse(kiosk.serverTime) || this.parts.now()) - this.parts.now()
    const enter = kiosk.meeting?.enter === true
    if (this.state.held === 'replaced' && kiosk.meeting?.seated)
      this.heldUntil = Math.max(this.heldUntil, now + FREE_FOR)
    if (this.state.phase === 'meeting') {
      // Its own visit knows when it is over.
    } else if (enter && now >= this.heldUntil) {
      this.state.held = ''
      this.state.meeting = kiosk.meeting?.id ?? ''
      this.state.phase = 'meeting'
      this.enteredAt = now
    } else {
      if (!enter) this.state.held = ''
      this.state.phase = 'waiting'
      if (!kiosk.meeting && now - this.startedAt > STALE_PAGE) this.parts.reload()
    }
    return this.jittered(kiosk.askAgain * 1000)
  }

  private async enrol(request: EnrolmentRequest): Promise<number> {
    if (!(await this.parts.takeEnrolment(request.deviceCode))) return request.interval * 1000
    this.shown.request = null
    return 0
  }

  private async onFailure(error: unknown): Promise<void> {
    const status = error instanceof ApiProblem ? error.status : 0
    if (status === 401) {
      this.signedInAt = 0
      return this.begin()
    }
    // The code ran out, or was used: another is asked for.
    if (status === 404 && this.shown.request) {
      this.shown.request = null
      return this.begin()
    }
    this.state.unreachable = status === 0 || status >= 500
    const least = error instanceof ApiProblem ? error.retryAfter * 1000 : 0
    this.notBefore = this.parts.now() + least
    this.after(Math.max(least, backOff(this.failures++, this.parts.random(), RETRY)))
  }

  private async begin(): Promise<void> {
    try {
      // The session may only have run out: the device's own cookie tells.
      await this.parts.signIn()
      this.signedInAt = this.parts.now()
      return this.after(this.failures++ === 0 ? 0 : backOff(this.failures, 0.5, RETRY))
    } catch (error) {
      if (!(error instanceof ApiProblem && error.status === 401)) return this.onFailure(error)
    }
    try {
      this.shown.request = await this.parts.askToEnrol()
      this.state.phase = 'enrolling'
      this.after(this.shown.request.interval * 1000)
    } catch (error) {
      this.onFailure(error)
    }
  }
}
