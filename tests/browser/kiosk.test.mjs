// The unattended hall: enrolled once by the code it shows, then left alone. It joins its unit's
// meeting by itself, is admitted, called and heard, survives the server's death, a lost line and a
// power cut, and goes back to waiting, all without a key. DIEMCAU_SCREENSHOTS=DIR keeps pictures.
import assert from 'node:assert/strict'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { byTest, chromium, eventually, openPage, waitForStage } from './support/browsers.mjs'
import { closeAll } from './support/close.mjs'
import { look } from './support/look.mjs'
import { Server } from './support/server.mjs'

const UNIT = 'HD-10507'
const SEAT = `${UNIT}/site`
let server, profile, hall, kiosk, browser, secretary, meeting

before(async () => {
  profile = await mkdtemp(join(tmpdir(), 'diemcau-hall-'))
  server = await Server.start()
  const password = await server.addUser('thuky', 'secretary')
  browser = await chromium()
  secretary = await openPage(browser)
  await secretary.goto(`${server.url}/sign-in?next=/devices`, { waitUntil: 'networkidle0' })
  await secretary.type(byTest('sign-in-username'), 'thuky')
  await secretary.type(byTest('sign-in-password'), password)
  await secretary.keyboard.press('Enter')
  await secretary.waitForSelector(byTest('device-code'), { timeout: 20_000 })
  await powerOn()
})

after(async () => {
  await closeAll(hall, browser, server).finally(() => rm(profile, { recursive: true, force: true }))
})

/** The hall's computer starts: the same profile, straight to its page. Nobody touches it. */
async function powerOn() {
  hall = await chromium({ extra: [`--user-data-dir=${profile}`] })
  kiosk = await openPage(hall)
  await kiosk.goto(`${server.url}/kiosk`, { waitUntil: 'domcontentloaded' })
}
/** Before it belongs to a unit, and while the line is out. */
const unheard = { expected: /status of 4\d\d|ERR_INTERNET_DISCONNECTED|WebSocket connection/ }
let enrolledAt
const cookiesWritten = () =>
  stat(join(profile, 'Default', 'Cookies')).then((file) => file.mtimeMs, () => 0)
const textOf = (page, name) => page.$eval(byTest(name), (element) => element.textContent.trim())
const phase = () => kiosk.$eval(byTest('kiosk'), (main) => main.dataset.phase).catch(() => '')
const connection = () => kiosk.$eval(byTest('kiosk-meeting'), (main) => main.dataset.state).catch(() => '')
const microphone = () => kiosk.$eval(byTest('kiosk-microphone'), (line) => line.dataset.open).catch(() => '')
/** What the secretary's page may do, over the API with its own cookie. */
const api = (method, path, body) =>
  secretary.evaluate(
    async (method, path, body) => {
      const answer = await fetch(path, {
        method,
        headers: body ? { 'Content-Type': 'application/json' } : {},
        body: body ? JSON.stringify(body) : undefined,
      })
      return answer.json().catch(() => ({}))
    },
    method, path, body,
  )
const step = (to) => api('POST', `/api/v1/meetings/${meeting}/state`, { to })
const site = async () => {
  const states = await secretary
    .$$eval(`${byTest('roster-row')}`, (rows) => rows.map((row) => [row.dataset.seat, row.dataset.state]))
    .catch(() => [])
  return new Map(states).get(SEAT)
}
/** The picture fills the width of the hall's screen, whatever is said over it. */
async function pictureFills() {
  const [picture, page] = await kiosk.$eval(byTest('stage-video'), (video) => [video.clientWidth, innerWidth])
  assert.equal(picture, page)
}
/** What is said when the floor is given or taken lies over the picture for a moment. */
const quiet = () => kiosk.waitForFunction((s) => document.querySelector(s)?.textContent.trim() === '', {}, byTest('floor-given'))
async function backIn(what) {
  await eventually(connection, (state) => state === 'live', { timeout: 40_000, what })
  await waitForStage(kiosk)
}

test('a computer that belongs to nobody shows a code, and the unit’s secretary lets it in', async () => {
  await kiosk.waitForSelector(byTest('kiosk-code'), { timeout: 20_000 })
  await look(kiosk, 'kiosk-enrol', byTest('kiosk-code'), unheard)
  const code = await textOf(kiosk, 'kiosk-code')
  assert.match(code, /^[A-Z2-9]{4}-[A-Z2-9]{4}$/)
  await secretary.type(byTest('device-code'), code.toLowerCase())
  await secretary.click(byTest('device-next'))
  await secretary.waitForSelector(byTest('device-asks'))
  await secretary.type(byTest('device-unit'), 'cam thuong')
  await secretary.keyboard.press('Enter')
  await look(secretary, 'devices-enrol', byTest('device-asks'))
  await secretary.click(byTest('device-next'))
  await secretary.waitForSelector(byTest('device-row'))
  assert.match(await textOf(secretary, 'device-said'), /UBND phường Cẩm Thượng/)
  await eventually(phase, (now) => now === 'waiting', { what: 'the hall to go on by itself' })
  enrolledAt = Date.now()
  const cookies = await kiosk.cookies()
  assert.ok(cookies.some((cookie) => cookie.name === 'diemcau-device' && cookie.httpOnly))
  const log = server.log.join('\n')
  for (const { value } of cookies) assert.ok(!log.includes(value), 'no secret in the log')
  assert.equal(await textOf(kiosk, 'kiosk-unit'), 'UBND phường Cẩm Thượng')
  await look(secretary, 'devices-list', byTest('device-row'))
})

test('it shows the next meeting and counts down to it', async () => {
  const starts = new Date(Date.now() + 20 * 60_000).toISOString()
  const made = await api('POST', '/api/v1/meetings', {
    title: 'Hội nghị trực tuyến sơ kết công tác cải cách hành chính quý III',
    open: false, expect: UNIT, starts_at: starts,
  })
  meeting = made.id
  await step('invited')
  await kiosk.waitForSelector(byTest('kiosk-countdown'), { timeout: 30_000 })
  assert.match(await textOf(kiosk, 'kiosk-countdown'), /^00:1\d:\d\d$/)
  await look(kiosk, 'kiosk-wait', byTest('kiosk-countdown'))
})

test('it comes to the lobby by itself, and in when the secretary lets all expected in', async () => {
  await step('lobby')
  await secretary.goto(`${server.url}/meetings/${meeting}`, { waitUntil: 'domcontentloaded' })
  await waitForStage(secretary)
  await kiosk.waitForSelector(byTest('lobby'), { timeout: 30_000 })
  await look(kiosk, 'kiosk-lobby', byTest('lobby'))
  await secretary.waitForSelector(byTest('admit-all'), { timeout: 20_000 })
  await secretary.click(byTest('admit-all'))
  await backIn('the hall to be admitted')
  await eventually(site, (state) => state === 'connected', { what: 'the hall among the sites' })
  assert.equal(await microphone(), 'false')
  await look(kiosk, 'kiosk-meeting', byTest('stage-video'), { english: true })
})

async function call() {
  const row = `${byTest('roster-row')}[data-seat="${SEAT}"]`
  // Headless Chromium has no pointer that hovers: the row is touched first, at its beginning.
  await secretary.locator(row).click({ offset: { x: 12, y: 20 } })
  await secretary.locator(`${row} ${byTest('call-site')}`).click()
  await eventually(microphone, (open) => open === 'true', { what: 'the microphone of the hall' })
}

test('asked to check again while it speaks, it does so by itself once it is not heard', async () => {
  await step('open')
  await call()
  const help = (more) => api('POST', `/api/v1/meetings/${meeting}/help`, { seat: SEAT, ...more })
  const gone = (kind) =>
    kiosk.waitForFunction((s) => !document.querySelector(s), { timeout: 90_000 }, `${byTest('site-help')}[data-kind="${kind}"]`)
  await help({ kind: 'recheck' })
  await kiosk.waitForSelector(`${byTest('kiosk-check')}[data-state="later"]`, { visible: true })
  // Words go by themselves: looked for before they are sent.
  const words = kiosk.waitForSelector(byTest('site-help-words'), { visible: true })
  await help({ kind: 'message', text: 'Ngồi gần micro hơn một chút' })
  await words
  await quiet()
  await look(kiosk, 'kiosk-help', `${byTest('kiosk-check')}[data-state="later"]`)
  assert.equal(await kiosk.$(`${byTest('site-help')} button`), null, 'nothing to press')
  const checks = async () => {
    const { sites } = await api('GET', `/api/v1/meetings/${meeting}/checks`)
    return sites.find(({ unit }) => unit === UNIT).checks
  }
  assert.deepEqual(await checks(), [], 'not over its own speech')
  await secretary.click(byTest('floor-end'))
  const [found] = await eventually(checks, (list) => list.length > 0, { timeout: 90_000, what: 'the check to end' })
  assert.equal(found.figures.connected, true)
  assert.equal(found.figures.camera.state, 'live')
  await gone('recheck')
  await gone('message')
})

test('called to speak, its microphone opens without a hand', async () => {
  await call()
  await pictureFills()
  await look(kiosk, 'kiosk-called', byTest('stage-video'))
})

test('first cut: the server dies and comes back; the hall still has the floor', async () => {
  await server.kill()
  await eventually(connection, (state) => state !== 'live', { what: 'the hall to notice' })
  await server.restart()
  await backIn('the hall after the server’s death')
  assert.equal(await microphone(), 'true')
  // How often it asked the dead server is no matter.
  assert.deepEqual(kiosk.problems.splice(0).filter((each) => !/ERR_CONNECTION_REFUSED|WebSocket connection/.test(each)), [])
})

test('second cut: the line is out for a while', async () => {
  await kiosk.setOfflineMode(true)
  await kiosk.evaluate(() => window.__sockets.forEach((socket) => socket.close()))
  await eventually(connection, (state) => state === 'reconnecting', { what: 'the hall to notice' })
  assert.match(await textOf(kiosk, 'connection-state'), /đang nối lại/)
  const { width, old } = await kiosk.$eval(byTest('stage-video'), (video) => ({ width: video.videoWidth, old: video.currentTime }))
  assert.ok(width > 0 && old > 0, 'the last picture stays')
  await quiet()
  await look(kiosk, 'kiosk-cut', byTest('stage-video'), unheard)
  await kiosk.setOfflineMode(false)
  await backIn('the hall after the line was out')
  assert.equal(await microphone(), 'true')
})

test('third cut: the power goes; the computer starts again, and is in the same seat', async () => {
  // The browser writes its cookies every half minute; a device is enrolled longer than that.
  await eventually(() => cookiesWritten(), (at) => at > enrolledAt, { timeout: 60_000, what: 'the cookies on disk' })
  hall.process().kill('SIGKILL')
  await hall.close().catch(() => undefined)
  await powerOn()
  await backIn('the hall after the power cut')
  assert.equal(await microphone(), 'true')
  await eventually(site, (state) => state === 'connected', { what: 'the hall among the sites' })
})

test('the meeting over, it waits for the next; revoked, it shows a code again', async () => {
  await step('closed')
  await eventually(phase, (now) => now === 'waiting', { what: 'the hall to wait again' })
  await kiosk.waitForSelector(byTest('kiosk-none'), { timeout: 20_000 })
  await look(kiosk, 'kiosk-none', byTest('kiosk-none'))
  const { devices } = await api('GET', '/api/v1/devices')
  assert.equal(devices.length, 1)
  assert.ok(Date.now() - Date.parse(devices[0].seen_at) < 5 * 60_000)
  await api('DELETE', `/api/v1/devices/${devices[0].id}`)
  await kiosk.waitForSelector(byTest('kiosk-code'), { timeout: 40_000 })
})
