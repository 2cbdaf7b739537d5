import { createPinia, setActivePinia } from 'pinia'
import { renderToString } from 'vue/server-renderer'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Component, createSSRApp } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import BoardActs from '@/components/BoardActs.vue'
import SiteHelp from '@/components/SiteHelp.vue'
import { Recheck } from '@/kiosk/recheck'
import { i18n } from '@/locales'
import { type BoardSite, loadBoard, sendHelp } from '@/protocol/checks'
import { parseServerMessage } from '@/protocol/server-messages'
import { useHelp } from '@/stores/help'

const wire = (kind: string, over: object = {}) => ({
  type: 'help',
  kind,
  name: 'Văn phòng UBND tỉnh',
  text: '',
  at: '2026-11-23T08:12:00.000Z',
  ...over,
})
function tell(message: object): void {
  const parsed = parseServerMessage(JSON.stringify(message))
  if (!parsed.ok) throw new Error(`${parsed.reason} ${parsed.field}`)
  useHelp().apply(parsed.message)
}
const router = createRouter({
  history: createMemoryHistory(),
  routes: [{ path: '/test-room', name: 'test-room', component: BoardActs }],
})
let pinia: ReturnType<typeof createPinia>
const drawn = (component: Component, props: Record<string, unknown>) =>
  renderToString(createSSRApp(component, props).use(pinia).use(i18n).use(router))

beforeEach(() => {
  vi.useFakeTimers()
  pinia = createPinia()
  setActivePinia(pinia)
  i18n.global.locale.value = 'vi'
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('help from afar, at the site', () => {
  it('is read with its bounds', () => {
    const refused = [wire('reboot'), wire('tone', { name: 7 }), wire('message', { text: [] })]
    for (const each of refused)
      expect(parseServerMessage(JSON.stringify(each))).toMatchObject({ reason: 'malformed' })
    const long = wire('message', { text: 'x'.repeat(16 * 1024 + 1) })
    expect(parseServerMessage(JSON.stringify(long)).ok).toBe(false)
  })

  it('asks once for a tone and for a check, and keeps the last three of all', () => {
    const help = useHelp()
    tell(wire('tone'))
    tell(wire('message', { text: 'một' }))
    tell(wire('tone'))
    expect(help.shown.map(({ kind, number }) => [kind, number])).toEqual([
      ['message', 2],
      ['tone', 3],
    ])
    tell(wire('message', { text: 'hai' }))
    tell(wire('message', { text: 'ba' }))
    expect(help.shown.map(({ number }) => number)).toEqual([3, 4, 5])
    help.dismiss(4)
    help.dismissLast()
    expect(help.shown.map(({ kind }) => kind)).toEqual(['tone'])
  })

  it('says who asks; words are text, a check is offered in a window of its own', async () => {
    tell(wire('recheck'))
    tell(wire('message', { text: '<b>Cắm lại</b> micro' }))
    const html = await drawn(SiteHelp, { meeting: 'm1' })
    expect(html).toContain('Văn phòng UBND tỉnh đề nghị điểm cầu kiểm tra lại thiết bị.')
    expect(html).toMatch(/<a [^>]*href="\/test-room\?meeting=m1"/)
    expect(html).toContain('target="_blank"')
    expect(html).toContain('&lt;b&gt;Cắm lại&lt;/b&gt; micro')
    expect(html.match(/data-test="site-help-close"/g)).toHaveLength(2)
  })

  it('leaves an unattended hall nothing to press, and goes from its screen by itself', async () => {
    tell(wire('recheck'))
    tell(wire('message', { text: 'Ngồi gần micro' }))
    const html = await drawn(SiteHelp, { meeting: 'm1', unattended: true })
    expect(html).not.toMatch(/<button|<a /)
    await vi.advanceTimersByTimeAsync(59_000)
    expect(useHelp().shown).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(2000)
    expect(useHelp().shown.map(({ kind }) => kind)).toEqual(['recheck'])
  })
})

describe('the check of an unattended hall', () => {
  const parts = () => {
    const ends: (() => void)[] = []
    return {
      ends,
      fails: false,
      start: vi.fn(() => new Promise<void>((done) => ends.push(done))),
      stop: vi.fn(() => ends.pop()?.()),
      failed() {
        return this.fails
      },
    }
  }

  it('waits until the hall cannot be heard', async () => {
    const check = parts()
    const recheck = new Recheck(check)
    await recheck.setFree(false)
    expect([recheck.state.value, check.start.mock.calls.length]).toEqual(['later', 0])
    const running = recheck.setFree(true)
    expect(recheck.state.value).toBe('running')
    check.ends.pop()?.()
    await running
    expect(recheck.state.value).toBe('done')
    await recheck.setFree(true)
    expect(check.start).toHaveBeenCalledTimes(1)
  })

  it('ends at once when the hall speaks, begins again after, and gives up the third time', async () => {
    const check = parts()
    const recheck = new Recheck(check)
    for (const after of ['later', 'later', 'failed']) {
      const running = recheck.setFree(true)
      expect(recheck.state.value).toBe('running')
      await recheck.setFree(false)
      expect(check.stop).toHaveBeenCalled()
      await running
      expect(recheck.state.value).toBe(after)
    }
    await recheck.setFree(true)
    expect(check.start).toHaveBeenCalledTimes(3)
  })

  it('says that it failed', async () => {
    const check = parts()
    check.fails = true
    const recheck = new Recheck(check)
    const running = recheck.setFree(true)
    check.ends.pop()?.()
    await running
    expect(recheck.state.value).toBe('failed')
  })
})

describe('help from afar, on the board', () => {
  const row = (seat: string | null): BoardSite => ({
    unit: 'HD-10507',
    name: 'UBND phường Cẩm Thượng',
    parent: 'HD-288',
    parentName: '',
    level: 'commune',
    order: 1,
    seat,
    checks: [],
  })

  it('is offered for a site whose page is open; of another it is said that it is not', async () => {
    const open = await drawn(BoardActs, { site: row('HD-10507/site'), meeting: 'm1' })
    for (const act of ['board-tone', 'board-recheck', 'board-write']) expect(open).toContain(act)
    const away = await drawn(BoardActs, { site: row(null), meeting: 'm1' })
    expect(away).toContain('Điểm cầu chưa kết nối')
    expect(away).not.toContain('<button')
  })

  it('reads where a page is open and whether the one who asks may help', async () => {
    const site = { unit: 'A', name: 'A', parent: '', parent_name: '', order: 1, checks: [] }
    const board = (over: object) => ({
      meeting: { id: 'm1', title: 'Họp' },
      now: '2026-11-23T08:12:00.000Z',
      sites: [{ ...site, seat: 'A/site' }, { ...site, seat: null }, site],
      ...over,
    })
    const answer = (body: object) => () => Promise.resolve(new Response(JSON.stringify(body)))
    vi.stubGlobal('fetch', answer(board({ may_help: true })))
    const read = await loadBoard('m1')
    expect([read.mayHelp, read.sites.map(({ seat }) => seat)]).toEqual([
      true,
      ['A/site', null, null],
    ])
    vi.stubGlobal('fetch', answer(board({})))
    expect((await loadBoard('m1')).mayHelp).toBe(false)
  })

  it('sends words with a message alone', async () => {
    const sent: unknown[] = []
    vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
      sent.push([path, JSON.parse(init.body as string)])
      return Promise.resolve(new Response(null, { status: 204 }))
    })
    await sendHelp('m/1', 'A/site', 'tone', 'left over')
    await sendHelp('m/1', 'A/site', 'message', 'Cắm lại micro')
    expect(sent).toEqual([
      ['/api/v1/meetings/m%2F1/help', { kind: 'tone', seat: 'A/site' }],
      ['/api/v1/meetings/m%2F1/help', { kind: 'message', seat: 'A/site', text: 'Cắm lại micro' }],
    ])
  })
})
