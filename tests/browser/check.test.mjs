// The test room as a commune's technician sees it, and the board that says who has not been there:
// real Chromium, the same media path as a meeting. DIEMCAU_SCREENSHOTS=DIR keeps pictures.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { byTest, chromium, enter, eventually, openPage, receivedTones } from './support/browsers.mjs'
import { blackCamera, footageCamera, silence, tone } from './support/cameras.mjs'
import { closeAll } from './support/close.mjs'
import { look } from './support/look.mjs'
import { Server } from './support/server.mjs'

let server, meeting
const browsers = []

before(async () => {
  server = await Server.start()
  meeting = await server.createMeeting({ title: 'Hội nghị CCHC quý III', expect: 'all' })
})
after(() => closeAll(...browsers, server))

async function openBrowser(devices) {
  const browser = await chromium(devices)
  browsers.push(browser)
  return openPage(browser)
}

/** A site's page in the test room, by its link. `prepare` runs before anything of the page. */
async function enterTestRoom(unit, devices, prepare) {
  const token = await server.token(meeting, unit, 'site')
  const page = await openBrowser(devices)
  if (prepare) await page.evaluateOnNewDocument(prepare)
  await page.goto(`${server.url}/join#token=${token}`, { waitUntil: 'domcontentloaded' })
  await page.locator(byTest('check-test-room')).click()
  await page.waitForSelector(byTest('check-start'), { visible: true })
  return page
}

const phase = (page, wanted) =>
  page.waitForSelector(`${byTest('check-stage')}[data-phase="${wanted}"]`, { timeout: 60_000 })
const verdicts = (page) =>
  page.$$eval(`${byTest('check-items')} li`, (rows) => Object.fromEntries(rows.map((row) => [row.dataset.test.slice(11), row.dataset.verdict])))
const said = (page, item) => page.$eval(byTest(`check-item-${item}`), (row) => row.textContent)

test('a room with camera and microphone hears and sees itself, and passes', async () => {
  const page = await enterTestRoom('HD-300', { camera: await footageCamera('1280:720'), microphone: await tone(900) })
  await look(page, 'room-before', byTest('check-start'), { english: true })
  await page.focus(byTest('check-start'))
  await page.keyboard.press('Enter')
  await phase(page, 'record')
  await phase(page, 'play')
  await page.waitForFunction((s) => {
    const video = document.querySelector(s)
    return video?.videoWidth > 0 && video.currentTime > 0.5
  }, { timeout: 10_000 }, byTest('check-played'))
  const [level] = await receivedTones(page, [900])
  assert.ok(level > -60, `the own tone comes back: ${level} dB`)
  await phase(page, 'done')
  await page.waitForSelector(byTest('check-heard'))
  await look(page, 'room-asked', byTest('check-heard'), { english: true })
  await page.click(byTest('check-heard'))
  const found = await eventually(() => verdicts(page), (now) => now.speaker === 'ok', { what: 'the answer is taken' })
  for (const item of ['connection', 'camera', 'microphone', 'speaker', 'echo']) assert.equal(found[item], 'ok', `${item}: ${await said(page, item)}`)
  // How quick a line of this machine is, while others work on it, is not what is tested.
  for (const item of ['up', 'down', 'loss', 'delay']) assert.notEqual(found[item], 'unknown', item)
  assert.match(await said(page, 'camera'), /1280×720/)
  assert.deepEqual(page.problems.splice(0), [])
  await page.close()
})

test('a black camera and a silent microphone are told in words that say what to do', async () => {
  const page = await enterTestRoom('HD-SNV', { camera: await blackCamera(), microphone: await silence() })
  await page.click(byTest('check-start'))
  await phase(page, 'done')
  const found = await verdicts(page)
  assert.equal(found.camera, 'bad')
  assert.match(await said(page, 'camera'), /Hình camera đen\. Mở nắp ống kính/)
  assert.equal(found.microphone, 'bad')
  assert.match(await said(page, 'microphone'), /Micro không có tiếng\. Kiểm tra công tắc/)
  await look(page, 'room-failed', byTest('check-items'), { english: true })
  assert.deepEqual(page.problems.splice(0), [])
  await page.close()
})

test('a hall without a camera whose microphone hears its loudspeaker is told both', async () => {
  const page = await enterTestRoom('HD-10507', {}, () => {
    const context = new AudioContext()
    const hall = context.createMediaStreamDestination()
    const room = new DelayNode(context, { delayTime: 0.15, maxDelayTime: 1 })
    room.connect(new GainNode(context, { gain: 0.5 })).connect(hall)
    const hum = new OscillatorNode(context, { frequency: 220 })
    hum.connect(new GainNode(context, { gain: 0.01 })).connect(hall)
    hum.start()
    const { addTransceiver } = RTCPeerConnection.prototype
    RTCPeerConnection.prototype.addTransceiver = function (kind, ...more) {
      const made = addTransceiver.call(this, kind, ...more)
      if (kind !== 'audio') return made
      const heard = new MediaStream([made.receiver.track])
      // A muted element must hold the track, or Chromium decodes nothing.
      window.__loudspeaker = Object.assign(new Audio(), { srcObject: heard, muted: true })
      void window.__loudspeaker.play()
      context.createMediaStreamSource(heard).connect(room)
      return made
    }
    navigator.mediaDevices.getUserMedia = async (wish) => {
      if (wish?.video) throw new DOMException('no camera', 'NotFoundError')
      await context.resume()
      // Each page that opens the microphone stops what it was given when it is left.
      return hall.stream.clone()
    }
  })
  await page.click(byTest('check-start'))
  await phase(page, 'done')
  const found = await verdicts(page)
  assert.equal(found.camera, 'bad')
  assert.match(await said(page, 'camera'), /Không thấy camera\. Cắm camera/)
  assert.equal(found.echo, 'bad', await said(page, 'echo'))
  assert.match(await said(page, 'echo'), /Micro thu tiếng loa rất to/)
  await page.click(byTest('check-unheard'))
  await eventually(() => verdicts(page), (now) => now.speaker === 'bad', { what: 'the answer is taken' })
  assert.deepEqual(page.problems.splice(0), [])
  await page.close()
})

test('the board shows all expected sites, what failed and who has not checked', async () => {
  const page = await openBrowser({})
  const token = await server.token(meeting, 'HD', 'secretary')
  await page.goto(`${server.url}/join#token=${token}`, { waitUntil: 'domcontentloaded' })
  await page.waitForSelector(byTest('check-test-room'))
  await page.goto(`${server.url}/meetings/${meeting}/checks`, { waitUntil: 'domcontentloaded' })
  await page.waitForSelector(byTest('board-row'))
  const standings = () => page.$$eval(byTest('board-row'), (rows) => Object.fromEntries(rows.map((row) => [row.dataset.unit, row.dataset.standing])))
  const all = await standings()
  assert.equal(Object.keys(all).length, 266)
  assert.equal(all['HD-SNV'], 'bad')
  assert.equal(all['HD-10507'], 'bad')
  assert.match(all['HD-300'], /ok|warn/)
  assert.equal(Object.values(all).filter((standing) => standing === 'none').length, 263)
  const rank = ['bad', 'warn', 'none', 'ok']
  const order = await page.$$eval(byTest('board-row'), (rows) => rows.map((row) => row.dataset.standing))
  assert.deepEqual(order, order.toSorted((a, b) => rank.indexOf(a) - rank.indexOf(b)), 'the worst first')
  await look(page, 'board', byTest('board-row'), { english: true })
  await page.select(byTest('board-order'), 'district')
  await eventually(
    () => page.$$eval('h2', (heads) => heads.map((head) => head.textContent)),
    (heads) => heads.some((head) => /Thanh Miện/.test(head)),
    { what: 'the districts' },
  )
  await page.select(byTest('board-order'), 'worst')

  await page.click(byTest('board-filter-bad'))
  assert.deepEqual(Object.keys(await eventually(standings, (now) => Object.keys(now).length === 2, { what: 'the failed ones' })).sort(), ['HD-10507', 'HD-SNV'])
  const [worst, next] = await page.$$eval(byTest('board-row'), (rows) => rows.map((row) => row.dataset.unit))
  await page.focus('#board-HD-SNV')
  await page.keyboard.press('Enter')
  await page.waitForSelector(byTest('board-details'))
  assert.match(await page.$eval(byTest('board-details'), (details) => details.textContent), /Hình camera đen/)
  await page.evaluate(() => {
    navigator.clipboard.writeText = async (text) => void (window.__copied = text)
  })
  await page.click(byTest('board-copy'))
  const message = await eventually(() => page.evaluate(() => window.__copied), Boolean, { what: 'the message to the site' })
  assert.match(message, /^Kính gửi Sở Nội vụ: .*“Hội nghị CCHC quý III” thấy:\n/)
  assert.match(message, /\n- Camera: Hình camera đen\. Mở nắp ống kính/)
  await look(page, 'board-failed', byTest('board-details'), { english: true })
  await page.focus('#board-HD-SNV')
  await page.keyboard.press(next === 'HD-SNV' ? 'ArrowUp' : 'ArrowDown')
  assert.equal(await page.evaluate(() => document.activeElement.id), `board-${next === 'HD-SNV' ? worst : next}`)

  await page.click(byTest('board-filter-none'))
  assert.equal(Object.keys(await eventually(standings, (now) => Object.keys(now).length === 263, { what: 'who has not checked' })).length, 263)
  await page.type(byTest('board-search'), 'thanh mien')
  const few = await eventually(standings, (now) => Object.keys(now).length < 40, { what: 'the search' })
  assert.ok(Object.keys(few).length > 5)

  await page.evaluate(() => {
    const { createObjectURL } = URL
    URL.createObjectURL = (blob) => {
      void blob.text().then((text) => (window.__csv = text))
      return createObjectURL(blob)
    }
  })
  await page.$eval(byTest('board-search'), (input) => {
    input.value = ''
    input.dispatchEvent(new Event('input'))
  })
  await page.click(byTest('board-filter-all'))
  await eventually(standings, (now) => Object.keys(now).length === 266, { what: 'all again' })
  await page.click(byTest('board-csv'))
  const csv = await eventually(() => page.evaluate(() => window.__csv), Boolean, { what: 'the table' })
  assert.equal(csv.trim().split('\r\n').length, 267)
  assert.match(csv, /HD-SNV,Sở Nội vụ,.*Lỗi.*Hình camera đen/)
  await page.$eval(`${byTest('language-switch')} [data-locale="en"]`, (button) => button.click())
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  assert.deepEqual(page.problems.splice(0), [])
})

test('from the board a tone is played at a site, another check asked for, and words put on its screen', async () => {
  const site = await openBrowser({})
  await site.evaluateOnNewDocument(() => {
    window.__loudspeakers = []
    const { setSinkId } = HTMLMediaElement.prototype
    HTMLMediaElement.prototype.setSinkId = function (id) {
      window.__loudspeakers.push(id)
      return setSinkId.call(this, '')
    }
  })
  await enter(site, server.url, await server.token(meeting, 'HD-SNV', 'site'))
  await site.evaluate(() => {
    const { $pinia } = document.querySelector('#app').__vue_app__.config.globalProperties
    $pinia.state.value.preferences.values.speakerId = 'loa-hoi-truong'
    window.__loudspeakers.length = 0
  })
  const board = await openBrowser({})
  const token = await server.token(meeting, 'HD', 'secretary')
  await board.goto(`${server.url}/join#token=${token}`, { waitUntil: 'domcontentloaded' })
  await board.waitForSelector(byTest('check-test-room'))
  await board.goto(`${server.url}/meetings/${meeting}/checks`, { waitUntil: 'domcontentloaded' })
  const open = (unit) => board.waitForSelector(`#board-${unit}`).then((row) => row.press('Enter'))
  await open('HD-10507')
  await board.waitForSelector(byTest('board-away'))
  assert.equal(await board.$(byTest('board-acts')), null)
  await open('HD-SNV')
  await board.waitForSelector(byTest('board-acts'))
  const said = (kind) =>
    eventually(() => board.$eval(byTest('board-said'), (line) => line.textContent.trim()), (text) => kind.test(text), { what: `${kind}` })
  const asked = (kind) => site.waitForSelector(`${byTest('site-help')}[data-kind="${kind}"]`, { visible: true })

  // It goes from the page by itself: looked for before it is sent.
  const [tone, played] = [asked('tone'), site.waitForSelector(`${byTest('site-help')}[data-tone="played"]`)]
  await board.click(byTest('board-tone'))
  await said(/Đã chuyển .* phát tiếng thử/)
  assert.match(await (await tone).evaluate((line) => line.textContent), /UBND tỉnh Hải Dương cho phát tiếng thử/)
  await played
  assert.ok((await site.evaluate(() => window.__loudspeakers)).includes('loa-hoi-truong'), 'on the loudspeaker chosen there')

  await board.click(byTest('board-recheck'))
  await said(/Đã chuyển .* kiểm tra lại/)
  await asked('recheck')
  const [there, window] = await site.$eval(byTest('site-help-check'), (link) => [link.href, link.target])
  assert.equal(there, `${server.url}/test-room?meeting=${meeting}`)
  assert.equal(window, '_blank', 'the meeting goes on')
  await site.click(`${byTest('site-help')}[data-kind="recheck"] ${byTest('site-help-close')}`)
  await site.waitForFunction((s) => !document.querySelector(s), {}, `${byTest('site-help')}[data-kind="recheck"]`)

  const words = '<b>Cắm lại micro</b> vào cổng USB phía sau máy, rồi nói thử một câu.'
  await board.type(byTest('board-words'), words)
  await board.keyboard.press('Enter')
  await said(/Đã chuyển lời nhắn/)
  await asked('message')
  assert.equal(await site.$eval(byTest('site-help-words'), (line) => line.textContent.trim()), words, 'markup is text')
  await look(site, 'site-help', byTest('site-help-words'))
  await look(board, 'board-help', byTest('board-acts'))
  const { events } = await board.evaluate(async (id) => (await fetch(`/api/v1/meetings/${id}/events?limit=1000`)).json(), meeting)
  assert.equal(events.filter(({ kind }) => kind === 'help.sent').length, 3)
  await site.keyboard.press('Escape')
  await site.waitForFunction((s) => !document.querySelector(s), {}, byTest('site-help-words'))

  await site.click(byTest('leave'))
  await site.waitForSelector(byTest('ending'))
  // The server hears of it a moment later, and the board asks anew by itself.
  await eventually(
    () => board.$eval(byTest('board-details'), (details) => {
      details.querySelector('[data-test="board-tone"]')?.click()
      return details.textContent
    }),
    (text) => /chưa kết nối/.test(text), { what: 'the row to say that nobody is there' },
  )
  assert.deepEqual(site.problems.splice(0), [])
})
