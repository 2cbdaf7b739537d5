// What the server notices in what sites send, with real browsers and real packets: a hall that sends
// its loudspeaker back. Its technician is told what to do, the chair is told where, and nobody hears
// a howl.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { byTest, chromium, enter, eventually, openPage } from './support/browsers.mjs'
import { colourCamera } from './support/cameras.mjs'
import { closeAll } from './support/close.mjs'
import { levelsSince, listen, loudspeakerOn, makeHall } from './support/hall.mjs'
import { Server } from './support/server.mjs'
import { report } from './support/speech.mjs'

const HALL = 'HD-300/site'
const ECHO = '[data-notice="site.echo"]'
let server, meeting, speech
const browsers = []
let chair, hall

async function open(options) {
  const browser = await chromium(options)
  browsers.push(browser)
  return openPage(browser)
}
const arrive = async (page, unit, role) => enter(page, server.url, await server.token(meeting, unit, role))
const openMicrophone = (page) =>
  page.evaluate((s) => {
    const button = document.querySelector(s)
    if (button.dataset.on !== 'true') button.click()
  }, byTest('toggle-microphone'))
const wordsOf = (page, seat) =>
  page.$eval(`${byTest('roster-row')}[data-seat="${seat}"]`, (row) => row.textContent)

before(async () => {
  speech = await report()
  server = await Server.start()
  meeting = await server.createMeeting({ title: 'Họp trực tuyến phòng chống bão', expect: 'HD,HD-300,HD-10507' })
  chair = await open({ camera: await colourCamera('green'), microphone: speech })
  await arrive(chair, 'HD', 'chair')
})

after(() => closeAll(...browsers, server))

test('a hall that replays what it hears after 150 ms is told so, and the others hear no howl', async (t) => {
  if (!speech) return t.skip('NOT TESTED: espeak-ng is not installed')
  hall = await open({ camera: await colourCamera('red') })
  await makeHall(hall, { delay: 0.15, gain: 1 })
  await arrive(hall, 'HD-300', 'site')
  await openMicrophone(hall)
  await openMicrophone(chair)
  await listen(chair)
  await listen(hall)
  await eventually(() => levelsSince(hall, 1), (levels) => levels.some(({ rms }) => rms > -35), { what: 'the chair’s voice in the hall' })
  await loudspeakerOn(hall, ECHO)
  await hall.waitForSelector(ECHO, { timeout: 20_000 })
  const after = await hall.evaluate(() => window.__hall.noticed)
  t.diagnostic(`told ${after.toFixed(2)} s after its loudspeaker was on`)
  assert.match(await hall.$eval(ECHO, (e) => e.textContent), /Vặn nhỏ loa/)
  await eventually(() => wordsOf(chair, HALL), (words) => words.includes('Vọng tiếng loa'), { what: 'the chair’s list says where' })

  // The chair hears the mix without itself: what is left of the echo, and would be the howl.
  const from = await chair.evaluate(() => window.__heard.length)
  await chair.waitForFunction((from) => window.__heard.length > from + 200, { timeout: 30_000 }, from)
  const since = await levelsSince(chair, 7)
  const usual = since.map(({ rms }) => rms).sort((a, b) => a - b)[Math.floor(since.length / 2)]
  const whole = await levelsSince(chair, 1000)
  const loudest = Math.max(...whole.map(({ peak }) => peak))
  t.diagnostic(`echo at the chair: ${usual.toFixed(1)} dB once held back, peak ${loudest.toFixed(1)} dB from the beginning`)
  assert.ok(usual < -45, `${usual.toFixed(1)} dB come back to the chair`)
  assert.ok(loudest < -0.5, 'nothing reached full scale')
})
