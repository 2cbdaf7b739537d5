import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KioskControl, type KioskParts } from '@/kiosk/kiosk'
import { ApiProblem } from '@/protocol/api'
import type { Kiosk } from '@/protocol/devices'

const refused = (status: number, code = '', retryAfter = 0) =>
  new ApiProblem(status, code, '', '', retryAfter)
const hall = (meeting: Partial<NonNullable<Kiosk['meeting']>> | null): Kiosk => ({
  unitName: 'UBND xã Cao Thắng',
  name: 'Hội trường',
  serverTime: '2026-11-26T08:00:00Z',
  askAgain: 5,
  meeting: meeting && {
    id: 'a',
    title: 'Giao ban',
    state: 'open',
    startsAt: '',
    enter: true,
    seated: false,
    ...meeting,
  },
})

describe('a kiosk', () => {
  let server: { kiosk: Kiosk | Error; signIn: Error | null; taken: boolean | Error }
  let parts: KioskParts & { reload: ReturnType<typeof vi.fn> }
  let kiosk: KioskControl
  const calls: string[] = []

  beforeEach(() => {
    vi.useFakeTimers()
    calls.length = 0
    server = { kiosk: hall(null), signIn: null, taken: false }
    parts = {
      signIn: async () => {
        calls.push('signIn')
        if (server.signIn) throw server.signIn
      },
      read: async () => {
        calls.push('read')
        if (server.kiosk instanceof Error) throw server.kiosk
        return server.kiosk
      },
      askToEnrol: async () => {
        calls.push('ask')
        return { code: 'k7fm2qzd', deviceCode: 'x', expiresIn: 900, interval: 3 }
      },
      takeEnrolment: async () => {
        calls.push('take')
        if (server.taken instanceof Error) throw server.taken
        return server.taken
      },
      now: () => Date.now(),
      random: () => 0.5,
      reload: vi.fn(),
    }
    kiosk = new KioskControl(parts)
  })
  afterEach(() => {
    kiosk.stop()
    vi.useRealTimers()
  })
  const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds)

  it('waits while there is no meeting and enters by itself when one may be entered', async () => {
    kiosk.start()
    await pass(0)
    expect(kiosk.state.phase).toBe('waiting')
    server.kiosk = hall({ enter: false, state: 'invited' })
    await pass(5000)
    expect(kiosk.state.phase).toBe('waiting')
    expect(kiosk.shown.kiosk?.meeting?.title).toBe('Giao ban')
    server.kiosk = hall({})
    await pass(5000)
    expect(kiosk.state).toMatchObject({ phase: 'meeting', meeting: 'a' })
  })

  it('is not called out of its meeting by another, and waits again when it is over', async () => {
    server.kiosk = hall({})
    kiosk.start()
    await pass(0)
    server.kiosk = hall({ id: 'b' })
    await pass(20_000)
    expect(kiosk.state.meeting).toBe('a')
    server.kiosk = hall(null)
    kiosk.left('ended')
    await pass(1000)
    expect(kiosk.state).toMatchObject({ phase: 'waiting', meeting: '', held: '' })
  })

  it('leaves its seat for a minute to who took it or sent it out, unless a key is pressed', async () => {
    server.kiosk = hall({})
    kiosk.start()
    await pass(0)
    kiosk.left('replaced')
    await pass(55_000)
    expect(kiosk.state).toMatchObject({ phase: 'waiting', held: 'replaced' })
    await pass(10_000)
    expect(kiosk.state).toMatchObject({ phase: 'meeting', held: '' })
    kiosk.left('removed')
    await pass(1000)
    expect(kiosk.state.held).toBe('removed')
    kiosk.hurry()
    await pass(0)
    expect(kiosk.state.phase).toBe('meeting')
  })

  it('stays out as long as the one who took its seat sits in it, and goes back when it is free', async () => {
    server.kiosk = hall({})
    kiosk.start()
    await pass(0)
    server.kiosk = hall({ seated: true })
    kiosk.left('replaced')
    await pass(600_000)
    expect(kiosk.state).toMatchObject({ phase: 'waiting', held: 'replaced' })
    server.kiosk = hall({})
    await pass(4000)
    expect(kiosk.state.phase).toBe('waiting')
    await pass(20_000)
    expect(kiosk.state).toMatchObject({ phase: 'meeting', held: '' })
  })

  it('takes its seat whoever sits in it when it comes by itself, or a key is pressed', async () => {
    server.kiosk = hall({ seated: true })
    kiosk.start()
    await pass(0)
    expect(kiosk.state.phase).toBe('meeting')
    kiosk.left('replaced')
    await pass(100_000)
    kiosk.online()
    await pass(0)
    expect(kiosk.state, 'a line that flaps is nobody').toMatchObject({
      phase: 'waiting',
      held: 'replaced',
    })
    kiosk.hurry()
    await pass(0)
    expect(kiosk.state.phase).toBe('meeting')
  })

  it('tries a full meeting again every few seconds and says why it waits', async () => {
    server.kiosk = hall({})
    kiosk.start()
    await pass(0)
    kiosk.left('meeting.full', 266)
    expect(kiosk.state).toMatchObject({ phase: 'waiting', held: 'meeting.full', limit: 266 })
    await pass(5000)
    expect(kiosk.state.phase).toBe('meeting')
  })

  it('comes back more and more slowly to a meeting that refuses it each time', async () => {
    server.kiosk = hall({})
    kiosk.start()
    await pass(0)
    const visits = async (milliseconds: number) => {
      let count = 0
      for (let t = 0; t < milliseconds; t += 100) {
        if (kiosk.state.phase === 'meeting') {
          count += 1
          kiosk.left('sdp.failed')
        }
        await pass(100)
      }
      return count
    }
    await visits(60_000)
    const later = await visits(60_000)
    expect(later).toBeGreaterThan(4)
    expect(later).toBeLessThan(15)
  })

  it('begins anew with a short wait after a visit that lasted', async () => {
    server.kiosk = hall({})
    kiosk.start()
    await pass(0)
    for (let i = 0; i < 5; ++i) {
      kiosk.left('sdp.failed')
      await pass(10_000)
    }
    await pass(31_000)
    kiosk.left('closed')
    await pass(500)
    expect(kiosk.state.phase).toBe('meeting')
  })

  it('asks once at a time, whoever presses keys, and not before the server allows', async () => {
    server.kiosk = refused(429, '', 20)
    kiosk.start()
    await pass(0)
    for (let i = 0; i < 50; ++i) kiosk.hurry()
    await pass(15_000)
    expect(calls.filter((call) => call === 'read')).toHaveLength(1)
    await pass(6000)
    expect(calls.filter((call) => call === 'read')).toHaveLength(2)
  })

  it('says that the server is out of reach and comes back without a hand', async () => {
    kiosk.start()
    await pass(0)
    server.kiosk = refused(0)
    await pass(6000)
    expect(kiosk.state.unreachable).toBe(true)
    await pass(600_000)
    const before = calls.length
    await pass(60_000)
    expect(calls.length - before).toBeGreaterThan(4)
    expect(calls.length - before).toBeLessThan(15)
    server.kiosk = hall({})
    await pass(10_000)
    expect(kiosk.state).toMatchObject({ phase: 'meeting', unreachable: false })
  })

  it('shows a code when it is not enrolled, and goes on when somebody has typed it', async () => {
    server.signIn = refused(401)
    kiosk.start()
    await pass(0)
    expect(kiosk.state.phase).toBe('enrolling')
    expect(kiosk.shown.request?.code).toBe('k7fm2qzd')
    await pass(3000)
    expect(calls.at(-1)).toBe('take')
    server.taken = true
    server.signIn = null
    await pass(3100)
    expect(kiosk.state.phase).toBe('waiting')
    expect(kiosk.shown.request).toBeNull()
  })

  it('asks for another code when its own has run out', async () => {
    server.signIn = refused(401)
    kiosk.start()
    await pass(0)
    server.taken = refused(404, 'device.no_request')
    await pass(3000)
    expect(calls.filter((call) => call === 'ask')).toHaveLength(2)
    expect(kiosk.state.phase).toBe('enrolling')
  })

  it('waits as long as the server asks before another code', async () => {
    server.signIn = refused(401)
    parts.askToEnrol = async () => {
      calls.push('ask')
      throw refused(429, 'device.too_many_requests', 60)
    }
    kiosk.start()
    await pass(59_000)
    expect(calls.filter((call) => call === 'ask')).toHaveLength(1)
    await pass(2000)
    expect(calls.filter((call) => call === 'ask')).toHaveLength(2)
  })

  it('gets a new session by its own cookie when the old one has run out, also in a meeting', async () => {
    server.kiosk = hall({})
    kiosk.start()
    await pass(0)
    server.kiosk = refused(401)
    const stop = vi.fn(() => (server.kiosk = hall({})))
    parts.signIn = async () => void stop()
    await pass(6000)
    expect(stop).toHaveBeenCalledOnce()
    expect(kiosk.state).toMatchObject({ phase: 'meeting', meeting: 'a' })
  })

  it('does not ask without pause a server that knows the device and not its session', async () => {
    server.kiosk = refused(401)
    kiosk.start()
    await pass(60_000)
    expect(calls.length).toBeLessThan(40)
  })

  it('leaves the meeting for its code when it was revoked', async () => {
    server.kiosk = hall({})
    kiosk.start()
    await pass(0)
    server.kiosk = refused(401)
    server.signIn = refused(401)
    await pass(6000)
    expect(kiosk.state.phase).toBe('enrolling')
  })

  it('loads its page anew once a day, but only between meetings', async () => {
    kiosk.start()
    await pass(23 * 3_600_000)
    expect(parts.reload).not.toHaveBeenCalled()
    server.kiosk = hall({})
    await pass(2 * 3_600_000)
    expect(parts.reload).not.toHaveBeenCalled()
    server.kiosk = hall(null)
    kiosk.left('ended')
    await pass(1000)
    expect(parts.reload).toHaveBeenCalled()
  })
})
