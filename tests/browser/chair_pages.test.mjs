// Every state of the meeting page as chair and site see it (support/look.mjs): queue, floor, roll
// call, votes, wall, drawers, the door, the end. Two browsers and nine simulated halls.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { byTest, chromium, enter, eventually, join, openPage, toCheck, waitForStage, welcomeOf } from './support/browsers.mjs'
import { colourCamera, footageCamera } from './support/cameras.mjs'
import { closeAll } from './support/close.mjs'
import { look, lookPrinted, office, phone } from './support/look.mjs'
import { Server } from './support/server.mjs'

const SITE = 'HD-10507'
let server, meeting, halls, chair, site, siteToken
const browsers = []

async function person(camera) {
  const browser = await chromium({ camera })
  browsers.push(browser)
  return openPage(browser)
}
const there = (page, selector) => page.waitForSelector(selector, { timeout: 40_000 })
const press = (page, selector) => there(page, selector).then(() => page.$eval(selector, (button) => button.click()))

/** The announcement that one has the floor, or had it, lies over the picture for a moment. */
const quiet = (page) => page.waitForFunction((s) => document.querySelector(s)?.textContent.trim() === '', {}, byTest('floor-given'))

before(async () => {
  server = await Server.start()
  chair = await person(await footageCamera())
  await chair.goto(`${server.url}/`, { waitUntil: 'domcontentloaded' })
  await there(chair, byTest('sign-in-username'))
  const password = await server.addUser('chutoa', 'chair', 'HD')
  await chair.type(byTest('sign-in-username'), 'chutoa')
  await chair.type(byTest('sign-in-password'), password)
  await chair.keyboard.press('Enter')
  await chair.waitForFunction(() => location.pathname === '/meetings')
  meeting = await chair.evaluate(async () => {
    const agenda = ['Khai mạc', 'Báo cáo kết quả CCHC quý III', 'Tham luận của các địa phương', 'Kết luận'].map((title, i) => (
      { id: 0, title, speaker: i % 3 ? '' : 'HD', minutes: 20, speaking_minutes: 5 }))
    const body = JSON.stringify({ title: 'Hội nghị trực tuyến đánh giá công tác CCHC quý III năm 2023', kind: 'interim', chair: 'HD', secretary: 'HD-VPUBND', expect: 'all', agenda })
    const answer = await fetch('/api/v1/meetings', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    return (await answer.json()).id
  })
  chair.problems.splice(0)
  halls = server.simulate(meeting, 9, ['--except', `HD,${SITE}`, '--take-part', '--ask-floor', '3'])
  await chair.goto(`${server.url}/meetings/${meeting}/check`)
  await join(chair)
  await waitForStage(chair, 60_000)
  site = await person(await colourCamera('teal'))
  siteToken = await server.token(meeting, SITE, 'site')
  await enter(site, server.url, siteToken)
  await eventually(() => welcomeOf(chair, meeting), (w) => w.stage.tiles.filter((t) => t.state === 'live').length >= 9, {
    timeout: 60_000, what: 'nine live tiles',
  })
})

after(() => closeAll(halls, ...browsers, server))

test('a queue of three, one of them speaking by the agenda', async () => {
  await press(chair, byTest('agenda-next'))
  await press(chair, byTest('agenda-next'))
  await press(chair, byTest('floor-call'))
  await there(chair, byTest('floor-time'))
  await quiet(chair)
  await look(chair, 'chair', byTest('floor-time'), { english: true })
  await look(site, 'site', byTest('floor-time'), { english: true })
})

test('the site is called: the announcement and its microphone', async () => {
  await press(site, byTest('floor-request'))
  await press(chair, `${byTest('floor-queue')} li[data-seat="${SITE}/site"] ${byTest('floor-call')}`)
  await site.waitForFunction((s) => /lên sóng/.test(document.querySelector(s)?.textContent), {}, byTest('floor-given'))
  await look(site, 'site-speaking', byTest('floor-end'))
  await press(chair, byTest('floor-end'))
})

test('on a telephone one bar of four; the rest is behind the fourth, by thumb and by key', async () => {
  await site.waitForFunction((s) => !document.querySelector(s).disabled, {}, byTest('floor-request'))
  await quiet(site)
  await site.setViewport(phone)
  const shown = () =>
    site.$$eval(`${byTest('control-bar')} button`, (all) => all.filter((each) => each.checkVisibility()).map((each) => each.dataset.test))
  const four = ['toggle-microphone', 'floor-request', 'toggle-camera', 'bar-more']
  const rest = ['toggle-screen', 'toggle-documents', 'toggle-texts', 'leave']
  const focus = () => site.evaluate(() => document.activeElement.dataset.test)
  assert.deepEqual(await shown(), four)
  await site.click(byTest('bar-more'))
  assert.deepEqual(await shown(), [...four, ...rest], 'nothing is lost')
  const boxes = await site.$$eval(`${byTest('control-bar')} button`, (all) =>
    all.map((each) => each.getBoundingClientRect()).map(({ left, right, width, height }) => ({ left, right, width, height })))
  for (const box of boxes) assert.ok(box.width >= 44 && box.height >= 44 && box.left >= 0 && box.right <= phone.width, JSON.stringify(box))
  await look(site, 'site-more', byTest('control-bar'))
  await site.setViewport(phone)

  await site.focus(byTest('bar-more'))
  assert.equal(await site.$eval(byTest('bar-more'), (button) => button.ariaExpanded), 'true')
  await site.keyboard.press('Escape')
  assert.deepEqual(await shown(), four)
  assert.equal(await focus(), 'bar-more')
  await site.keyboard.press('Enter')
  await site.keyboard.press('Tab')
  await site.keyboard.press('Tab')
  assert.equal(await focus(), 'toggle-documents')
  await site.keyboard.press('Enter')
  await there(site, byTest('drawer-close'))
  assert.deepEqual(await shown(), four)
  await site.click(byTest('drawer-close'))
  await eventually(focus, (name) => name === 'bar-more', { what: 'the focus is where the rest was opened' })
  await site.click(byTest('bar-more'))
  await site.click(byTest('stage-video'))
  assert.deepEqual(await shown(), four, 'a touch beside it shuts it')
  await site.setViewport(office)
  assert.deepEqual(await shown(), [...four.slice(0, 3), ...rest], 'an office PC shows all in one row')
})

test('the roll call, with substitutes to be consented to', async () => {
  await press(chair, byTest('roll-call-open'))
  await press(chair, byTest('roll-call-begin'))
  await there(chair, byTest('consent-grant'))
  await eventually(() => chair.$eval(byTest('roll-call-counts'), (e) => e.textContent), (said) => said.includes('Có mặt 9/266'), { what: 'nine answers' })
  await look(chair, 'roll-call', byTest('consent-grant'), { english: true })
  await look(site, 'site-roll-call', byTest('roll-call-answer'))
  await press(chair, byTest('roll-call-close'))
  await look(chair, 'roll-call-closing', byTest('roll-call-confirm'))
  await press(chair, byTest('roll-call-confirm'))
  await there(chair, `${byTest('roll-call')}[data-state="closed"]`)
  await lookPrinted(chair, 'roll-call-printed', byTest('roll-call-row'))
  await press(chair, byTest('roll-call-hide'))
})

test('a vote: drafted, cast, announced', async () => {
  await press(chair, byTest('vote-new'))
  await there(chair, byTest('vote-draft'))
  await chair.type(`${byTest('vote-draft')} input[name="question"]`, 'Thông qua kế hoạch cải cách hành chính quý IV năm 2023')
  await look(chair, 'vote-draft', byTest('vote-draft'))
  await press(chair, byTest('vote-open'))
  await there(site, byTest('vote-ballot'))
  await look(site, 'site-vote', byTest('vote-ballot'))
  await chair.waitForFunction((s) => document.querySelector(s)?.textContent.includes('9/266'), { timeout: 40_000 }, byTest('vote'))
  await press(chair, byTest('vote-close'))
  await press(chair, byTest('vote-announce'))
  await there(chair, byTest('vote-result'))
  await chair.$eval(`${byTest('vote')} details`, (details) => (details.open = true))
  await look(chair, 'vote', byTest('vote-result'))
  await press(chair, byTest('vote-hide'))
  await press(site, byTest('vote-hide'))
})

test('the wall of all sites', async () => {
  await press(chair, byTest('wall-open'))
  await eventually(() => chair.$$eval(`${byTest('wall-tile')}[data-state="live"]`, (all) => all.length), (n) => n >= 9, { timeout: 40_000, what: 'live tiles on the wall' })
  await look(chair, 'wall', byTest('wall-tile'), { english: true })
  await press(chair, byTest('wall-close'))
})

test('the drawer of documents while there is none', async () => {
  await press(chair, byTest('toggle-documents'))
  await there(chair, byTest('drawer-close'))
  await look(chair, 'documents-none', byTest('drawer-close'))
  await press(chair, byTest('drawer-close'))
})

test('a site whose line is out', async () => {
  await site.setOfflineMode(true)
  await site.evaluate(() => window.__sockets.forEach((socket) => socket.close()))
  await there(site, `${byTest('connection-state')}[data-state="reconnecting"]`)
  await look(site, 'site-cut', byTest('connection-state'), { expected: /WebSocket connection|ERR_INTERNET_DISCONNECTED/ })
  await site.setOfflineMode(false)
  await there(site, `${byTest('connection-state')}[data-state="live"]`)
  site.problems.splice(0) // of a try after the look, before the line was back
})

test('at the door of a locked room, and sent out of it', async () => {
  await press(site, byTest('leave'))
  await there(site, byTest('ending'))
  await look(site, 'ending-left', byTest('ending'))
  await press(chair, byTest('lock-room'))
  await there(chair, `${byTest('lock-room')}[aria-pressed="true"]`)
  // Who was inside when the door was closed may come back: only who was sent out has to ask again.
  const removed = await chair.evaluate(() => new Promise((resolve) => {
    const socket = window.__sockets.findLast((each) => each.readyState === WebSocket.OPEN)
    socket.addEventListener('message', ({ data }) => JSON.parse(data).id === 9001 && resolve(JSON.parse(data).type))
    socket.send(JSON.stringify({ type: 'room.remove', id: 9001, seat: 'HD-10507/site' }))
  }))
  assert.equal(removed, 'ok')
  await there(chair, byTest('restore'))
  await look(chair, 'removed', byTest('restore'))
  await press(chair, byTest('restore'))
  await toCheck(site, server.url, siteToken)
  await join(site)
  await there(site, byTest('lobby'))
  await look(site, 'lobby', byTest('lobby'), { english: true })
  await look(chair, 'waiting', byTest('admit-all'))
})

test('a link that is none, and a page that is none', async () => {
  await site.goto(`${server.url}/join`, { waitUntil: 'networkidle0' })
  await look(site, 'join-refused', 'h1')
  await site.goto(`${server.url}/khong-co`, { waitUntil: 'networkidle0' })
  await look(site, 'not-found', 'h1')
})
