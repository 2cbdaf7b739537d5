// Documents brought, read, shown on the stage and taken back, by keyboard, in real browsers.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { byTest, chromium, enter, eventually, openPage } from './support/browsers.mjs'
import { colourCamera } from './support/cameras.mjs'
import { closeAll } from './support/close.mjs'
import { fileOf, pdf } from './support/documents.mjs'
import { tabTo } from './support/keyboard.mjs'
import { look } from './support/look.mjs'
import { Server } from './support/server.mjs'

const RED = [0.8, 0.1, 0.1], BLUE = [0.1, 0.1, 0.8]
const isRed = (p) => p !== null && p.colour[0] > 150 && p.colour[2] < 90
const isBlue = (p) => p !== null && p.colour[2] > 150 && p.colour[0] < 90
/** The browser says itself what the server refused. */
const refusals = /status of (415|404)/
let server, meeting, browser, chair, room

before(async () => {
  server = await Server.start()
  meeting = await server.createMeeting({ title: 'Hội nghị CCHC quý III' })
  browser = { chair: await chromium(), room: await chromium({ camera: await colourCamera('green') }) }
  chair = await openPage(browser.chair)
  await enter(chair, server.url, await server.token(meeting, 'HD', 'chair'))
  room = await openPage(browser.room)
  await enter(room, server.url, await server.token(meeting, 'HD-300', 'site'))
})

after(() => closeAll(browser?.chair, browser?.room, server))

const say = (page, selector) => page.$eval(selector, (e) => e.textContent.trim()).catch(() => '')
const count = (page) => page.$$eval(byTest('document'), (rows) => rows.length)

async function bring(page, name, content, title) {
  const input = await page.waitForSelector(byTest('document-file'))
  await input.uploadFile(await fileOf(name, content))
  await page.waitForSelector(byTest('document-upload'))
  if (title) {
    await page.$eval(byTest('document-title'), (e) => e.select())
    await page.type(byTest('document-title'), title)
  }
  await page.click(byTest('document-upload'))
}

/** Mean colour beside the bars, and how far black and white of the bars are apart. */
const picture = (page, selector) =>
  page.evaluate((s) => {
    const shown = document.querySelector(s)
    const width = shown?.videoWidth ?? shown?.width ?? 0
    const height = shown?.videoHeight ?? shown?.height ?? 0
    if (!width || !shown.checkVisibility()) return null
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d')
    context.drawImage(shown, 0, 0)
    const { data } = context.getImageData(width * 0.2, height * 0.5, 8, 8)
    const sum = [0, 0, 0]
    for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; ++c) sum[c] += data[i + c]
    const line = context.getImageData(width * 0.45, height * 0.5, Math.round(width * 0.1), 1).data
    const green = Array.from({ length: line.length / 4 }, (_, i) => line[4 * i + 1]).sort((a, b) => a - b)
    const contrast = green[Math.floor(green.length * 0.9)] - green[Math.floor(green.length * 0.1)]
    return { colour: sum.map((v) => Math.round(v / 64)), width, height, contrast }
  }, selector)
const read = () => picture(room, `${byTest('document-view')} canvas`)
const second = () => picture(chair, byTest('second-video'))

test('the chair brings a document and every page knows of it', async () => {
  await chair.keyboard.press('l')
  await bring(chair, 'bao-cao.pdf', pdf([RED, BLUE]), 'Báo cáo CCHC quý III')
  await eventually(() => count(chair), (n) => n === 1, { what: 'the document in the list' })
  await eventually(() => say(room, byTest('toggle-documents')), (text) => text.includes('(1)'), {
    what: "the count on the site's page",
  })
  await look(chair, 'documents', byTest('document'))
})

test('a site reads it page by page with the keyboard alone', async () => {
  await room.keyboard.press('l')
  await room.waitForSelector(byTest('document'))
  await tabTo(room, byTest('document-open'))
  await room.keyboard.press('Enter')
  await eventually(read, isRed, { what: 'the first page' })
  await room.keyboard.press('ArrowRight')
  await eventually(read, isBlue, { what: 'the second page' })
  await look(room, 'document-view', `${byTest('document-view')} canvas`)
  await room.keyboard.press('Home')
  await eventually(read, isRed, { what: 'the first page again' })
  await room.keyboard.press('Escape')
  await eventually(() => room.$(byTest('document-view')), (view) => view === null, { what: 'the view closed' })
  assert.equal(await room.evaluate((s) => document.activeElement?.matches(s), byTest('document-open')), true,
    'the focus is where it was')
})

test('a site shows it on the stage, sharp, and turns the pages', async () => {
  await tabTo(room, byTest('document-show'))
  await room.keyboard.press('Enter')
  await eventually(second, (p) => isRed(p) && p.width === 1920 && p.height === 1080, {
    what: 'the first page as slides of 1080p on the other page',
  })
  // Four dots black, four white: what scaling or a weak encoder turns grey.
  await eventually(second, (p) => p?.contrast > 180, { what: 'bars of four dots, black and white' })
  await room.keyboard.press('Escape')
  await room.keyboard.press('PageDown')
  await eventually(second, isBlue, { what: 'the second page on the stage' })
  assert.match(await say(chair, byTest('second-caption')), /Trình chiếu của UBND huyện Thanh Miện/)
  await look(room, 'slides-own', byTest('slide-stop'))
  await chair.keyboard.press('Escape')
  await look(chair, 'slides', byTest('second-video'), { english: true })
  await chair.keyboard.press('l')
  await room.click(byTest('slide-stop'))
  await eventually(second, (p) => p === null, { what: 'no slides any more' })
  const events = await (await server.api(`/api/v1/meetings/${meeting}/events`, {
    token: await server.token(meeting, 'HD', 'secretary'),
  })).json()
  assert.ok(events.events.some((e) => e.kind === 'document.shown' && e.actor === 'HD-300/site'))
})

test('what could do harm is refused in words, whatever it calls itself', async () => {
  await bring(chair, 'chuong-trinh.pdf', 'MZ not a PDF at all')
  await eventually(() => say(chair, byTest('document-problem')), (text) => /Loại tệp này không được nhận/.test(text), {
    what: 'a program refused',
  })
  await bring(chair, 'script.pdf', pdf([RED], '/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>'))
  await eventually(() => say(chair, byTest('document-problem')), (text) => /mã lệnh, macro/.test(text), {
    what: 'a PDF with a script refused',
  })
  assert.equal(await count(chair), 1)
})

test('the chair takes it back, and may undo that', async () => {
  await room.keyboard.press('l')
  await eventually(() => count(room), (n) => n === 1, { what: "the site's list" })
  await chair.click(byTest('document-take-back'))
  await eventually(() => count(room), (n) => n === 0, { what: 'the document gone from the site' })
  await chair.click(byTest('document-undo'))
  await eventually(() => count(room), (n) => n === 1, { what: 'the document back' })
})

test('a site writes to the secretariat and is answered, by keyboard', async () => {
  const texts = (page) => page.$$eval(byTest('text'), (rows) => rows.map((row) => row.querySelector('.said').textContent))
  await room.keyboard.press('Escape')
  await room.keyboard.press('g')
  await room.waitForSelector(byTest('text-field'))
  await room.keyboard.type('Xã chưa nghe thấy <b>tiếng</b>')
  await room.keyboard.press('Enter')
  await eventually(() => chair.$eval(byTest('toggle-texts'), (e) => e.dataset.unread), (n) => n === '1', {
    what: "the count on the chair's page",
  })
  await chair.keyboard.press('Escape')
  await chair.keyboard.press('g')
  await eventually(() => texts(chair), (all) => all.at(-1) === 'Xã chưa nghe thấy <b>tiếng</b>', { what: 'the text, markup as text' })
  await tabTo(chair, byTest('text-answer'))
  await chair.keyboard.press('Enter')
  await chair.keyboard.type('Mời kiểm tra loa')
  await chair.keyboard.press('Enter')
  await eventually(() => texts(room), (all) => all.at(-1) === 'Mời kiểm tra loa', { what: 'the answer' })
  await look(chair, 'texts', byTest('text'), { expected: refusals })
  await room.reload()
  await room.waitForFunction((s) => document.querySelector(s), { timeout: 20_000 }, byTest('toggle-texts'))
  await room.keyboard.press('g')
  await eventually(() => texts(room), (all) => all.length === 2, { what: 'both texts again after a reload' })
})

test('no page complained', () => {
  assert.deepEqual([...chair.problems, ...room.problems].filter((p) => !refusals.test(p)), [])
})
