// The test room as a commune's technician sees it: real Chromium, the same media path as a meeting.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { byTest, chromium, openPage, receivedTones } from './support/browsers.mjs'
import { footageCamera, tone } from './support/cameras.mjs'
import { Server } from './support/server.mjs'

let server, meeting
const browsers = []
const looking = process.env.DIEMCAU_LOOK

before(async () => {
  server = await Server.start()
  meeting = await server.createMeeting({ title: 'Giao ban', expect: 'HD-300/+' })
})
after(async () => {
  for (const browser of browsers) await browser.close()
  await server?.stop()
})

/** A site's page in the test room, by its link, with these devices. */
async function enterTestRoom(unit, devices) {
  const token = await server.token(meeting, unit, 'site')
  const browser = await chromium(devices)
  browsers.push(browser)
  const page = await openPage(browser)
  await page.goto(`${server.url}/join#token=${token}`, { waitUntil: 'domcontentloaded' })
  await page.waitForSelector(byTest('check-test-room'))
  await page.click(byTest('check-test-room'))
  await page.waitForSelector(byTest('check-start'))
  return page
}

const look = async (page, name) => looking && page.screenshot({ path: `${looking}/${name}.png`, fullPage: true })
const phase = (page, wanted) =>
  page.waitForSelector(`${byTest('check-stage')}[data-phase="${wanted}"]`, { timeout: 40_000 })
const items = (page) =>
  page.$$eval(`${byTest('check-items')} li`, (rows) => Object.fromEntries(rows.map((row) => [row.dataset.test.slice(11), row.textContent.trim()])))

test('a room with camera and microphone hears and sees itself as it was', async () => {
  const page = await enterTestRoom('HD-300', { camera: await footageCamera('1280:720'), microphone: await tone(900) })
  await page.click(byTest('check-start'))
  await phase(page, 'record')
  await look(page, 'check-record')
  await phase(page, 'play')
  await page.waitForFunction((s) => document.querySelector(`${s}`)?.videoWidth > 0 && document.querySelector(s).currentTime > 0.5, { timeout: 10_000 }, byTest('check-played'))
  const [level] = await receivedTones(page, [900])
  assert.ok(level > -60, `the own tone comes back: ${level} dB`)
  await look(page, 'check-play')
  await phase(page, 'done')
  await look(page, 'check-done')
  const found = await items(page)
  assert.match(found.connection, /UDP/)
  assert.match(found.up, /bit\/s/)
  assert.match(found.down, /bit\/s/)
  assert.match(found.camera, /1280×720/)
  assert.match(found.microphone, /dB/)
  assert.match(found.echo, /không vọng/)
  assert.deepEqual(page.problems.splice(0), [])
})
