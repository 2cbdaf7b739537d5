import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { watch } from 'vue'
import { parseServerMessage } from '@/protocol/server-messages'
import { safeNext } from '@/router/safe-next'
import { useMeeting } from '@/stores/meeting'
import { useMeetings } from '@/stores/meetings'
import { readPreferences } from '@/stores/preferences'
import { useRecordings } from '@/stores/recordings'
import { useSession } from '@/stores/session'
import { recording, site, WELCOME } from './messages'

const answer = (status: number, body: unknown) =>
  vi.fn(() => Promise.resolve(new Response(JSON.stringify(body), { status })))

beforeEach(() => {
  setActivePinia(createPinia())
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('the meeting', () => {
  function welcomed() {
    const meeting = useMeeting()
    const parsed = parseServerMessage(JSON.stringify(WELCOME))
    if (parsed.ok) meeting.apply(parsed.message, 1000)
    return meeting
  }

  it('is drawn from the welcome', () => {
    const meeting = welcomed()
    expect(meeting.info?.title).toBe('Hội nghị CCHC quý III')
    expect([meeting.connectedCount, meeting.siteCount]).toEqual([1, 1])
    expect(meeting.mySite?.unit).toBe('HD-10507')
    expect(meeting.mayManage).toBe(false)
  })

  it('replaces one site by its seat and counts anew', () => {
    const meeting = welcomed()
    meeting.apply({ type: 'site', site: site({ unit: 'X', name: 'Xã Cao Thắng' }) }, 0)
    vi.runAllTimers()
    expect([meeting.connectedCount, meeting.siteCount]).toEqual([2, 2])
    meeting.apply({ type: 'site', site: site({ unit: 'X', state: 'reconnecting' }) }, 0)
    vi.runAllTimers()
    expect([meeting.connectedCount, meeting.siteCount]).toEqual([1, 2])
  })

  it('draws a crowd that arrives at once a single time', async () => {
    const meeting = welcomed()
    const drawn = vi.fn()
    watch(() => [...meeting.sites.values()], drawn, { flush: 'sync' })
    for (let unit = 0; unit < 266; unit += 1) {
      meeting.apply({ type: 'site', site: site({ unit: `U${unit}` }) }, 0)
    }
    expect(drawn).not.toHaveBeenCalled()
    vi.runAllTimers()
    expect(drawn).toHaveBeenCalledTimes(1)
    expect(meeting.siteCount).toBe(267)
  })

  it('counts a guest only where nobody was expected', () => {
    const meeting = welcomed()
    const guest = site({ unit: 'X', expected: false })
    meeting.apply({ type: 'site', site: guest }, 0)
    vi.runAllTimers()
    expect([meeting.connectedCount, meeting.siteCount]).toEqual([1, 1])
    meeting.apply({ type: 'site', site: { ...meeting.mySite!, expected: false } }, 0)
    vi.runAllTimers()
    expect([meeting.connectedCount, meeting.siteCount]).toEqual([2, 2])
  })

  it('takes changes by the batch, the newest of a site last', () => {
    const meeting = welcomed()
    const sites = [site({ unit: 'X' }), site({ unit: 'Y' })]
    meeting.apply({ type: 'sites', sites }, 0)
    meeting.apply({ type: 'sites', sites: [site({ unit: 'X', state: 'absent' })] }, 0)
    vi.runAllTimers()
    expect([meeting.connectedCount, meeting.siteCount]).toEqual([2, 3])
  })

  it('knows what its line carries and how the server bears it', () => {
    const meeting = welcomed()
    const load = { level: 1, shed: ['wall'], cpu: 0.9, sites: 266, limit: 300 }
    meeting.apply({ type: 'line', level: '360p', most: '720p' }, 0)
    meeting.apply({ type: 'load', load }, 0)
    expect([meeting.lineLevel, meeting.lineMost, meeting.load]).toEqual(['360p', '720p', load])
  })

  it('knows who speaks, what is presented and what is recorded', () => {
    const meeting = welcomed()
    meeting.apply({ type: 'speaking', seats: ['X/site'] }, 0)
    meeting.apply({ type: 'second', seat: 'X/site' }, 0)
    meeting.apply({ type: 'recording', recording: recording({ length: 5000 }) }, 2000)
    expect(meeting.speakingSet.has('X/site')).toBe(true)
    expect(meeting.second).toBe('X/site')
    expect([meeting.recording.length, meeting.recordingToldAt]).toEqual([5000, 2000])
  })

  it('starts afresh with the welcome of a reconnection', () => {
    const meeting = welcomed()
    meeting.apply({ type: 'site', site: site({ unit: 'X' }) }, 0)
    meeting.apply({ type: 'speaking', seats: ['X/site'] }, 0)
    meeting.apply({ type: 'line', level: 'sound', most: '720p' }, 0)
    const parsed = parseServerMessage(JSON.stringify(WELCOME))
    if (parsed.ok) meeting.apply(parsed.message, 0)
    vi.runAllTimers()
    expect([meeting.siteCount, meeting.speaking.length]).toEqual([1, 0])
    expect(meeting.lineLevel).toBe(null)
  })
})

describe('lists from the server', () => {
  it('read meetings, leaving out what is broken and tolerating what is new', async () => {
    const list = [{ id: 'm1', title: 'A', connected: 3, later: {} }, { title: 'no id' }, 7]
    vi.stubGlobal('fetch', answer(200, { meetings: list, next: null }))
    const meetings = useMeetings()
    await meetings.load()
    expect(meetings.items).toMatchObject([{ id: 'm1', connected: 3, expected: 0, startsAt: '' }])
  })

  it('keep what was shown when a refresh fails', async () => {
    vi.stubGlobal('fetch', answer(200, { recordings: [{ id: 'r1', length_ms: 5, bytes: 9 }] }))
    const recordings = useRecordings()
    await recordings.load()
    vi.stubGlobal('fetch', answer(503, { title: 'Bận', detail: 'busy', code: 'server.busy' }))
    await recordings.load()
    expect(recordings.items).toHaveLength(1)
    expect(recordings.problem).toMatchObject({ status: 503, code: 'server.busy', title: 'Bận' })
  })

  it('say that the server is out of reach', async () => {
    const fetch = vi.fn(() => Promise.reject(new TypeError('failed')))
    vi.stubGlobal('fetch', fetch)
    const meetings = useMeetings()
    await Promise.all([meetings.load(), vi.runAllTimersAsync()])
    expect(meetings.problem).toMatchObject({ status: 0, code: 'network.unreachable' })
    expect(fetch).toHaveBeenCalledTimes(3)
  })

  it('are asked for again when a change of network broke the question off', async () => {
    const there = answer(200, { meetings: [{ id: 'm1', title: 'A' }] })
    vi.stubGlobal('fetch', vi.fn(there).mockRejectedValueOnce(new TypeError('network changed')))
    const meetings = useMeetings()
    await Promise.all([meetings.load(), vi.runAllTimersAsync()])
    expect([meetings.items.length, meetings.problem]).toEqual([1, null])
  })

  it('are not asked for again when the server took too long', async () => {
    const fetch = vi.fn(
      (_path: string, how: RequestInit) =>
        new Promise((_, reject) =>
          how.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))),
        ),
    )
    vi.stubGlobal('fetch', fetch)
    const meetings = useMeetings()
    await Promise.all([meetings.load(), vi.runAllTimersAsync()])
    expect(meetings.problem).toMatchObject({ code: 'network.unreachable' })
    expect(fetch).toHaveBeenCalledOnce()
  })

  it('are refused when the answer is no list', async () => {
    vi.stubGlobal('fetch', answer(200, '<html>'))
    const meetings = useMeetings()
    await meetings.load()
    expect(meetings.problem).toMatchObject({ code: 'message.malformed' })
  })
})

describe('the session', () => {
  it('is restored from the cookie', async () => {
    vi.stubGlobal('fetch', answer(200, { name: 'Thư ký', role: 'secretary', unit: 'HD' }))
    const session = useSession()
    expect(await session.restore()).toBe(true)
    expect(session.account).toMatchObject({ name: 'Thư ký', role: 'secretary' })
  })

  it('is missing when the server says so, and only then', async () => {
    vi.stubGlobal('fetch', answer(401, {}))
    expect(await useSession().restore()).toBe(false)
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')))
    const [there] = await Promise.all([useSession().restore(), vi.runAllTimersAsync()])
    expect(there).toBe(true)
  })

  it('is asked for again by a link, but not with a password', async () => {
    const offline = vi.fn(() => Promise.reject(new TypeError('network changed')))
    vi.stubGlobal('fetch', offline)
    const refused = (attempt: Promise<unknown>) =>
      Promise.all([attempt.catch((error: unknown) => error), vi.runAllTimersAsync()])
    const session = useSession()
    const [byLink] = await refused(session.signInWithToken('t'))
    expect([byLink, offline.mock.calls.length]).toMatchObject([{ status: 0 }, 3])
    await refused(session.signIn('thuky', 'p'))
    expect(offline).toHaveBeenCalledTimes(4)
  })

  it('leads on only within this site', () => {
    expect(safeNext('/meetings/m1/check')).toBe('/meetings/m1/check')
    for (const outside of [
      '//evil.example',
      'https://evil.example',
      '/\\evil.example',
      undefined,
    ]) {
      expect(safeNext(outside)).toBe('/meetings')
    }
  })
})

describe('preferences', () => {
  it('fall back where storage holds something else', () => {
    const fresh = readPreferences(null)
    expect(fresh).toMatchObject({ locale: 'vi', theme: 'auto', cameraOn: true })
    expect(readPreferences('not json')).toEqual(fresh)
    expect(readPreferences('{"locale":"fr","cameraOn":"yes","microphoneId":7}')).toEqual(fresh)
  })

  it('are read back', () => {
    expect(readPreferences('{"locale":"en","theme":"dark","cameraId":"c"}')).toMatchObject({
      locale: 'en',
      theme: 'dark',
      cameraId: 'c',
    })
  })
})
