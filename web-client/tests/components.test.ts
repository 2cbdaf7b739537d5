import { createPinia, setActivePinia } from 'pinia'
import { renderToString } from 'vue/server-renderer'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Component, createSSRApp } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import LoadLine from '@/components/LoadLine.vue'
import MeetingEnding from '@/components/MeetingEnding.vue'
import MeetingHeader from '@/components/MeetingHeader.vue'
import MeetingNotices from '@/components/MeetingNotices.vue'
import WallHead from '@/components/WallHead.vue'
import WallTileMenu from '@/components/WallTileMenu.vue'
import WallTiles from '@/components/WallTiles.vue'
import { i18n } from '@/locales'
import type { LineLevel, NoticeKind, Tile } from '@/protocol/types'
import { wallPage } from '@/roster/wall-page'
import { parseServerMessage } from '@/protocol/server-messages'
import { Refusal } from '@/signal/signal-connection'
import { useMeeting } from '@/stores/meeting'
import { site, WELCOME } from './messages'

const router = createRouter({
  history: createMemoryHistory(),
  routes: [{ path: '/:path(.*)*', name: 'sign-in', component: LoadLine }],
})
let pinia: ReturnType<typeof createPinia>

beforeEach(() => {
  vi.useFakeTimers()
  pinia = createPinia()
  setActivePinia(pinia)
  const parsed = parseServerMessage(JSON.stringify(WELCOME))
  if (parsed.ok) useMeeting().apply(parsed.message, 0)
  i18n.global.locale.value = 'vi'
})
afterEach(() => void vi.useRealTimers())

/** What is read on the page: no tags, entities resolved, white space folded. */
async function drawn(component: Component, props: Record<string, unknown>) {
  const app = createSSRApp(component, props).use(pinia).use(i18n).use(router)
  const html = await renderToString(app)
  const text = html.replace(/<[^>]*>/g, ' ').replace(/&nbsp;|\u00a0/g, ' ')
  return { html, text: text.replace(/\s+/g, ' ').trim() }
}

describe('the line', () => {
  const header = (level: LineLevel | null) => {
    if (level) useMeeting().apply({ type: 'line', level, most: '1080p' }, 0)
    return drawn(MeetingHeader, { line: 'good' })
  }

  it.each([
    ['360p', 'Đường truyền yếu: đang nhận hình 360p'],
    ['180p', 'Đường truyền yếu: đang nhận hình 180p'],
    ['slides', 'Đường truyền rất yếu: chỉ còn tiếng và trình chiếu'],
    ['sound', 'Đường truyền rất yếu: chỉ còn tiếng'],
  ] as const)('is said plainly at %s, with an icon', async (level, said) => {
    const { html, text } = await header(level)
    expect(text).toContain(said)
    expect(html.split('data-test="own-line"')[1]).toContain('<svg')
  })

  it.each(['1080p', '720p', null] as const)('is no matter at %s', async (level) => {
    expect((await header(level)).text).toContain('Đường truyền tốt')
  })

  it('is no matter at 360p on a display that shows no more', async () => {
    useMeeting().apply({ type: 'line', level: '360p', most: '360p' }, 0)
    expect((await drawn(MeetingHeader, { line: 'good' })).text).toContain('Đường truyền tốt')
    useMeeting().apply({ type: 'line', level: '180p', most: '360p' }, 0)
    expect((await drawn(MeetingHeader, { line: 'good' })).text).toContain('Đường truyền yếu')
  })

  it('is said in English too', async () => {
    i18n.global.locale.value = 'en'
    expect((await header('360p')).text).toContain('Weak line: receiving 360p')
  })

  const notices = (level: LineLevel, line = 'good', cameraRests = false) => {
    useMeeting().apply({ type: 'line', level, most: '1080p' }, 0)
    const props = { connection: 'live', blocked: false, line, soundBlocked: false, problem: null }
    return drawn(MeetingNotices, { ...props, cameraRests })
  }

  it('comes with what to do once the moving picture is gone', async () => {
    expect((await notices('slides')).text).toContain('chỉ còn tiếng và trình chiếu. Tắt bớt máy')
    expect((await notices('360p')).html).not.toContain('data-notice="line-level"')
  })

  it('is said once, not twice, when the page measured it too', async () => {
    expect((await notices('sound', 'poor')).html.match(/data-notice="line/g)).toHaveLength(1)
    expect((await notices('720p', 'poor')).html).toContain('data-notice="line"')
  })

  it('is told as what it does to this site’s own picture, where it is the way up', async () => {
    const { html, text } = await notices('720p', 'poor', true)
    expect(html.match(/data-notice="/g)).toHaveLength(1)
    expect(text).toContain('thay cho Wi-Fi. Hình của điểm cầu tạm ngừng gửi')
    expect((await notices('720p', 'good', true)).html).toContain('data-notice="camera-rests"')
  })
})

describe('what the server notices in what a site sends', () => {
  it('is told to that site in words that say what to do', async () => {
    const meeting = useMeeting()
    const welcome = parseServerMessage(JSON.stringify(WELCOME))
    if (welcome.ok) meeting.apply(welcome.message, 0)
    const about = (seat: string, kind: NoticeKind, active = true) =>
      meeting.apply({ type: 'notice', notice: { seat, kind }, active }, 0)
    about('HD-10507/site', 'microphone.silent')
    about('OTHER/site', 'camera.black')
    const props = {
      connection: 'live',
      blocked: false,
      line: 'good',
      cameraRests: false,
      soundBlocked: false,
      problem: null,
    }
    const { text } = await drawn(MeetingNotices, props)
    expect(text).toContain('Kiểm tra công tắc micro rồi nói thử.')
    expect(text).not.toContain('tối đen')
    about('HD-10507/site', 'microphone.silent', false)
    expect((await drawn(MeetingNotices, props)).text).not.toContain('công tắc')
  })
})

describe('the load of the server', () => {
  const load = { level: 0, shed: [] as string[], cpu: 0.41, sites: 266, limit: 300 }

  it('is a line of figures', async () => {
    const { html, text } = await drawn(LoadLine, { load })
    expect(text).toBe('Máy chủ: CPU 41% 266/300 chỗ')
    expect(html).not.toContain('load-shed')
  })

  it('names what was given up, also what only a newer server knows', async () => {
    const shed = ['wall', '1080p', 'perfume']
    const { text } = await drawn(LoadLine, { load: { ...load, level: 2, shed } })
    expect(text).toContain(
      'Máy chủ quá tải: đã tạm dừng tường hình, đã tạm dừng hình 1080p, perfume',
    )
  })

  it('marks a meeting without a place left', async () => {
    const { html } = await drawn(LoadLine, { load: { ...load, sites: 300 } })
    expect(html).toMatch(/class="full sites"|class="sites full"/)
  })
})

it('says what to do when the meeting is full', async () => {
  const said = async (code: string, limit: number): Promise<string> => {
    const refusal = new Refusal(code, 'Phòng họp đã đủ chỗ.', 'full', limit)
    return (await drawn(MeetingEnding, { ending: null, refusal, meeting: 'm1' })).text
  }
  const sites = await said('meeting.full', 300)
  expect(sites).toContain('đã đủ 300 điểm cầu')
  expect(sites).toContain('Thử lại sau ít phút')
  expect(sites).toContain('Vào lại')
  expect(await said('meeting.viewers_full', 50)).toContain('Đã đủ 50 người theo dõi')
  expect(await said('meeting.full', 0)).toContain('Phòng họp đã đủ chỗ.')
})

describe('the wall', () => {
  const tile = (unit: string, state: string): Tile => ({
    seat: `${unit}/site`,
    kind: 'camera',
    x: 0,
    y: 0,
    w: 160,
    h: 90,
    state,
    floor: false,
  })
  const sites = [
    site({ unit: 'A', name: 'Xã Cao Thắng', line: 'poor' }),
    site({ unit: 'B', name: 'Xã Lê Hồng', state: 'absent' }),
    site({ unit: 'C', name: 'Xã Đoàn Kết' }),
    site({ unit: 'D', name: 'Xã Tân Trào', state: 'reconnecting' }),
  ]
  const placed = [tile('A', 'live'), tile('B', 'waiting'), tile('C', 'waiting'), tile('D', 'lost')]
  const known = new Map(sites.map((each) => [each.seat, each]))
  const tiles = wallPage(placed, known, []).tiles
  const view = { kind: 'wall', seat: null, page: 0, pages: 1, width: 1280, height: 720, tiles }

  beforeEach(() => {
    useMeeting().apply({ type: 'sites', sites }, 0)
    vi.runAllTimers()
  })

  it('names every site, its state and its line, and takes one stop of the Tab key', async () => {
    const { html } = await drawn(WallTiles, { view, tiles, pinned: ['C/site'] })
    const labels = [...html.matchAll(/aria-label="([^"]*)"/g)].map((match) => match[1])
    expect(labels).toEqual([
      'Xã Cao Thắng, có hình, Đường truyền kém',
      'Xã Lê Hồng, chưa vào họp',
      'Xã Đoàn Kết, đang chờ hình, Đường truyền tốt, đang ghim trên màn hình chung',
      'Xã Tân Trào, mất kết nối',
    ])
    expect(html.match(/tabindex="0"/g)).toHaveLength(1)
  })

  it('offers what can be done with a site, and of an absent one only its place on the stage', async () => {
    const offered = async (index: number, floor: boolean) => {
      const props = {
        tile: tiles[index],
        name: 'x',
        width: 1280,
        height: 720,
        pinned: false,
        floor,
      }
      const { html } = await drawn(WallTileMenu, props)
      return [...html.matchAll(/data-test="wall-(call|mute|pin|view)"/g)].map((match) => match[1])
    }
    expect(await offered(0, false)).toEqual(['call', 'mute', 'pin', 'view'])
    expect(await offered(0, true)).toEqual(['mute', 'pin', 'view'])
    expect(await offered(1, false)).toEqual(['pin'])
  })

  it('names two groups of a page and counts the rest', async () => {
    const group = (name: string) => ({ key: name, kind: 'district', name, sites: [], connected: 0 })
    const groups = ['Huyện A', 'Huyện B', 'Huyện C', 'Huyện D'].map(group)
    const shown = { tiles, groups, connected: 2 }
    const { text } = await drawn(WallHead, { page: 1, pages: 5, shown })
    expect(text).toContain('Huyện A · Huyện B và 2 nhóm khác')
    expect(text).toContain('2/4 đã kết nối')
    expect(text).toContain('Trang 2/5')
  })
})
