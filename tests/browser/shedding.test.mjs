// A machine that is short: a threshold so low that any meeting is over it, and what the page says.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { byTest, chromium, enter, eventually, openPage } from './support/browsers.mjs'
import { closeAll } from './support/close.mjs'
import { Server } from './support/server.mjs'

let server, meeting, sites, browser, page

before(async () => {
  server = await Server.start({ extra: ['--shed-above', '1'] })
  meeting = await server.createMeeting({ title: 'Họp trên máy chủ yếu' })
  browser = await chromium()
  page = await openPage(browser)
  await enter(page, server.url, await server.token(meeting, 'HD', 'secretary'))
  sites = server.simulate(meeting, 3)
})

after(() => closeAll(sites, browser, server))

const text = (name) => page.$eval(byTest(name), (e) => e.textContent.trim())
const level = () => page.$eval(byTest('load'), (e) => Number(e.dataset.level)).catch(() => 0)
async function metrics() {
  const lines = (await (await server.api('/metrics')).text()).split('\n')
  return (start) => lines.filter((l) => l.startsWith(start)).reduce((sum, l) => sum + Number(l.split(' ').at(-1)), 0)
}

test('the wall, 1080p and frame rate are given up in this order, and the page says so', async () => {
  const order = []
  const full = { timeout: 60_000, what: 'the last level' }
  await eventually(async () => {
    const now = await level()
    if (now > 0 && order.at(-1) !== now) order.push(now)
    return now
  }, (now) => now === 3, full)
  assert.deepEqual(order, [...order].sort(), 'one after the other')
  assert.match(await text('load-shed'), /Máy chủ quá tải: đã tạm dừng tường hình, đã tạm dừng hình 1080p, đã giảm số hình mỗi giây/)
  assert.equal((await metrics())('diemcau_shedding_level'), 3)
})

test('whoever asks for the wall is told why it does not come, and no page of it is coded', async () => {
  await page.click(byTest('wall-open'))
  await eventually(() => text('second-waiting').catch(() => ''), (said) => said.includes('đã tạm dừng tường hình'), {
    what: 'why there is no wall',
  })
  assert.equal((await page.$$(byTest('wall-tile'))).length, 0)
  assert.equal((await metrics())('diemcau_encodes{rendition="wall'), 0)
})

test('sound is never given up', async () => {
  await eventually(async () => (await metrics())('diemcau_audio_heard'), (heard) => heard >= 1, {
    timeout: 60_000,
    what: 'a voice in the mix',
  })
  assert.equal((await metrics())('diemcau_shedding_level'), 3)
})
