// The chair runs a meeting: queue and floor, roll call, microphones, the door, and a restart in the
// middle of a speech. Three browsers: chair, a district, a commune.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { byTest, chromium, enter, eventually, openPage } from './support/browsers.mjs'
import { colourCamera } from './support/cameras.mjs'
import { closeAll } from './support/close.mjs'
import { Server } from './support/server.mjs'

const DISTRICT = 'HD-300/site'
const COMMUNE = 'HD-10507/site'
let server, meeting, chair, district, commune

async function arrive(unit, role, colour) {
  const site = { browser: await chromium({ camera: await colourCamera(colour) }) }
  site.page = await openPage(site.browser)
  site.token = await server.token(meeting, unit, role)
  await enter(site.page, server.url, site.token)
  return site
}

before(async () => {
  server = await Server.start()
  meeting = await server.createMeeting({ title: 'Hội nghị CCHC quý III' })
  chair = await arrive('HD', 'chair', 'green')
  district = await arrive('HD-300', 'site', 'red')
})

after(() => closeAll(...[chair, district, commune].map((site) => site?.browser), server))

const there = (page, selector) => page.waitForSelector(selector, { timeout: 15_000 })
const holder = (page) => page.$eval(byTest('floor-holder'), (e) => e.dataset.seat ?? null)
const microphoneOn = (page) => page.$eval(byTest('toggle-microphone'), (e) => e.dataset.on === 'true')
const queue = (page) =>
  page.$$eval(`${byTest('floor-queue')} li`, (rows) => rows.map((row) => row.dataset.seat))
const rowOf = (seat) => `${byTest('roll-call-row')}[data-seat="${seat}"]`

test('a site asks, the chair calls it from the queue, its microphone opens and its time runs', async () => {
  assert.equal(await microphoneOn(district.page), false)
  await district.page.click(byTest('floor-request'))
  await eventually(() => queue(chair.page), (seats) => seats.includes(DISTRICT), { what: 'the request in the queue' })
  await chair.page.click(byTest('floor-call'))
  await eventually(() => holder(district.page), (seat) => seat === DISTRICT, { what: 'the floor at its own page' })
  await eventually(() => microphoneOn(district.page), (on) => on, { what: 'its microphone opened by the call' })
  await there(chair.page, `${byTest('floor-time')}[data-over="false"]`)
  assert.deepEqual(await queue(chair.page), [])
  assert.match(await district.page.$eval(byTest('floor-given'), (e) => e.textContent), /lên sóng/)
})

test('the chair gives two minutes more and ends the speech, by keyboard', async () => {
  await chair.page.evaluate(() => document.activeElement?.blur())
  await chair.page.keyboard.press('x')
  await eventually(() => chair.page.$eval(byTest('floor-time'), (e) => e.textContent), (text) => text.endsWith('/07:00'), {
    what: 'seven minutes in all',
  })
  await chair.page.keyboard.press('e')
  await eventually(() => holder(district.page), (seat) => seat === null, { what: 'nobody has the floor' })
  await eventually(() => microphoneOn(district.page), (on) => !on, { what: 'what the call opened is closed again' })
  await district.page.waitForFunction((s) => /hết lượt/.test(document.querySelector(s).textContent), {}, byTest('floor-given'))
})

test('all microphones are muted, and a call opens the one that is called', async () => {
  await chair.page.click(byTest('mute-all'))
  await there(district.page, '[data-notice="muted"]')
  await chair.page.focus(byTest('roster'))
  await chair.page.type(byTest('roster-search'), 'thanh mien')
  await chair.page.locator(`${byTest('roster-row')}[data-seat="${DISTRICT}"]`).click()
  await chair.page.focus(byTest('roster'))
  await chair.page.keyboard.press('Enter')
  await eventually(() => holder(chair.page), (seat) => seat === DISTRICT, { what: 'called by Enter in the list' })
  await district.page.waitForFunction(() => !document.querySelector('[data-notice="muted"]'))
  await chair.page.click(byTest('floor-end'))
  await there(district.page, '[data-notice="muted"]')
  await chair.page.click(byTest('mute-all'))
  await district.page.waitForFunction(() => !document.querySelector('[data-notice="muted"]'))
})

test('the roll call: a substitute with the chair’s consent, an absence with its reason, and a list that is fixed', async () => {
  await chair.page.click(byTest('roll-call-open'))
  await there(chair.page, byTest('roll-call'))
  await chair.page.click(byTest('roll-call-begin'))
  await there(district.page, byTest('roll-call-answer'))
  await district.page.click(`${byTest('roll-call-answer')} input[value="substitute"]`)
  await district.page.type(`${byTest('roll-call-answer')} input[name="person"]`, 'Nguyễn Thị <b>A</b>')
  await district.page.type(`${byTest('roll-call-answer')} input[name="position"]`, 'Phó Chủ tịch')
  await district.page.click(byTest('roll-call-send'))
  await there(chair.page, `${rowOf(DISTRICT)} ${byTest('consent-grant')}`)
  await chair.page.click(`${rowOf(DISTRICT)} ${byTest('consent-grant')}`)
  await district.page.waitForFunction(
    (s) => document.querySelector(s)?.textContent.includes('chủ tọa đồng ý'), {}, byTest('roll-call-answered'))
  assert.match(await chair.page.$eval(rowOf(DISTRICT), (e) => e.textContent), /Nguyễn Thị <b>A<\/b>, Phó Chủ tịch/)
  await chair.page.$eval(`${rowOf(COMMUNE)} ${byTest('mark-absent')}`, (button) => button.click())
  await chair.page.type(`${rowOf(COMMUNE)} .reason input`, 'Đi công tác')
  await chair.page.keyboard.press('Enter')
  await there(chair.page, `${rowOf(COMMUNE)}[data-presence="absent"]`)
  assert.match(await chair.page.$eval(byTest('roll-call-counts'), (e) => e.textContent), /Có mặt 1\/266 · dự thay 1 · vắng 1/)
  await chair.page.click(byTest('roll-call-close'))
  await chair.page.click(byTest('roll-call-confirm'))
  await there(chair.page, `${byTest('roll-call')}[data-state="closed"]`)
  await chair.page.click(byTest('roll-call-hide'))
})

test('a locked room keeps a newcomer in the lobby until it is admitted', async () => {
  await chair.page.click(byTest('lock-room'))
  await there(chair.page, `${byTest('lock-room')}[aria-pressed="true"]`)
  commune = { browser: await chromium({ camera: await colourCamera('blue') }) }
  commune.page = await openPage(commune.browser)
  const entering = enter(commune.page, server.url, await server.token(meeting, 'HD-10507', 'site'))
  await there(commune.page, byTest('lobby'))
  await there(chair.page, `${byTest('waiting')} [data-seat="${COMMUNE}"]`)
  await chair.page.click(byTest('admit-all'))
  await entering
  await chair.page.waitForFunction((s) => !document.querySelector(s), {}, byTest('waiting'))
})

async function openVote(question, secret) {
  await chair.page.click(byTest('vote-new'))
  await there(chair.page, byTest('vote-draft'))
  await chair.page.type(`${byTest('vote-draft')} input[name="question"]`, question)
  if (secret) await chair.page.click(`${byTest('vote-draft')} input[name="secret"]`)
  await chair.page.$eval(`${byTest('vote-draft')} input[name="quorum"]`, (input) => {
    input.value = '0'
    input.dispatchEvent(new Event('input'))
  })
  await chair.page.click(byTest('vote-open'))
}
async function cast(site, choice) {
  await there(site.page, byTest('vote-ballot'))
  await site.page.click(`${byTest('vote-ballot')} input[value="${choice}"]`)
  await site.page.click(byTest('vote-cast'))
}
const result = (page) =>
  page.$$eval(`${byTest('vote-result')} dd`, (counts) => counts.map((count) => Number(count.textContent)))

test('a named vote: opened, cast, closed, announced with who chose what', async () => {
  await openVote('Thông qua chương trình hội nghị', false)
  await cast(district, 'agree')
  await there(commune.page, byTest('vote-ballot'))
  await commune.page.click(`${byTest('vote-ballot')} input[value="other"]`)
  await commune.page.type(`${byTest('vote-ballot')} input[name="opinion"]`, 'Bổ sung mục thảo luận')
  await commune.page.click(byTest('vote-cast'))
  await chair.page.waitForFunction((s) => /2\/266/.test(document.querySelector(s).textContent), {}, byTest('vote'))
  assert.equal(await district.page.$(byTest('vote-result')), null, 'nothing is shown before it is announced')
  await chair.page.click(byTest('vote-close'))
  await there(chair.page, byTest('vote-announce'))
  await chair.page.click(byTest('vote-announce'))
  for (const { page } of [chair, district, commune]) {
    await there(page, byTest('vote-result'))
    assert.deepEqual(await result(page), [1, 0, 1])
    assert.match(await page.$eval(byTest('vote'), (e) => e.textContent), /Bổ sung mục thảo luận/)
  }
})

test('a secret vote: the log knows who voted and the sum, and nothing else', async () => {
  await openVote('Bỏ phiếu kín', true)
  await district.page.waitForSelector(`${byTest('vote')}[data-number="2"]`)
  await cast(district, 'disagree')
  await commune.page.waitForSelector(`${byTest('vote')}[data-number="2"]`)
  await cast(commune, 'agree')
  await chair.page.waitForFunction((s) => /2\/266/.test(document.querySelector(s).textContent), {}, byTest('vote'))
  assert.equal(await district.page.$(byTest('vote-ballot')), null, 'a secret ballot is not changed')
  await chair.page.click(byTest('vote-close'))
  await there(chair.page, byTest('vote-announce'))
  await chair.page.click(byTest('vote-announce'))
  await there(commune.page, byTest('vote-result'))
  assert.deepEqual(await result(commune.page), [1, 1, 0])
  const answer = await server.api(`/api/v1/meetings/${meeting}/events?limit=1000`, { token: chair.token })
  const { events } = await answer.json()
  const voted = events.filter(({ kind }) => kind === 'vote.voted').map(({ data }) => data)
  assert.deepEqual(voted, [{ vote: 2, seat: DISTRICT }, { vote: 2, seat: COMMUNE }])
  assert.equal(events.some(({ kind, data }) => kind === 'vote.cast' && data.vote === 2), false)
  await chair.page.click(byTest('vote-hide'))
})

test('after the server was killed in the middle of a speech, floor, timer and door are as they were', async () => {
  await district.page.click(byTest('floor-request'))
  await there(chair.page, byTest('floor-call'))
  await chair.page.click(byTest('floor-call'))
  await eventually(() => microphoneOn(district.page), (on) => on)
  for (const { page } of [chair, district]) await page.evaluate(() => (window.__former = window.__diemcau.peer))
  await server.kill()
  await server.restart()
  for (const { page } of [chair, district]) {
    await page.waitForFunction(
      (s) => window.__diemcau.peer && window.__diemcau.peer !== window.__former && document.querySelector(s)?.dataset.state === 'live',
      { timeout: 30_000 }, byTest('connection-state'))
    assert.equal(await holder(page), DISTRICT)
  }
  assert.equal(await microphoneOn(district.page), true)
  await there(chair.page, `${byTest('lock-room')}[aria-pressed="true"]`)
  await eventually(() => chair.page.$eval(byTest('floor-time'), (e) => e.textContent), (text) => /^00:\d\d\/05:00$/.test(text), {
    what: 'the timer of the speech that goes on',
  })
})

test('nobody takes the floor by a message of its own', async () => {
  const answer = await commune.page.evaluate(
    () =>
      new Promise((resolve) => {
        const socket = window.__sockets.find((each) => each.readyState === WebSocket.OPEN)
        const heard = []
        socket.addEventListener('message', ({ data }) => {
          const message = JSON.parse(data)
          if (message.id >= 9001) heard.push(`${message.id} ${message.code ?? message.type}`)
          if (message.id === 9003) resolve(heard)
        })
        socket.send(JSON.stringify({ type: 'floor.call', id: 9001, seat: 'HD-10507/site' }))
        socket.send(JSON.stringify({ type: 'floor.end', id: 9002 }))
        socket.send(JSON.stringify({ type: 'room.unlock', id: 9003 }))
      }),
  )
  assert.deepEqual(answer, ['9001 auth.forbidden', '9002 auth.forbidden', '9003 auth.forbidden'])
  assert.equal(await holder(commune.page), DISTRICT)
})
