// The chair looks at a stage before everybody does, puts it up, and finds the recording's chapters.
// DIEMCAU_SCREENSHOTS=DIR keeps the pictures.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { byTest, chromium, enter, eventually, openPage, welcomeOf } from './support/browsers.mjs'
import { closeAll } from './support/close.mjs'
import { look, office } from './support/look.mjs'
import { Server } from './support/server.mjs'

const SITES = 6
let server, meeting, browser, page, sites

before(async () => {
  server = await Server.start()
  meeting = await server.createMeeting({ title: 'Hội nghị CCHC quý III', expect: 'HD-300/*' })
  sites = server.simulate(meeting, SITES)
  browser = await chromium()
  page = await openPage(browser)
  await enter(page, server.url, await server.token(meeting, 'HD', 'secretary'))
})

after(() => closeAll(sites, browser, server))

const stage = async () => (await welcomeOf(page, meeting)).stage
/** What the preview shows: its layout, its seats, and how much of it is a picture. */
const preview = () =>
  page.$eval(
    byTest('preview-screen'),
    (screen, tile) => {
      const canvas = screen.querySelector('canvas')
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      let painted = 0
      for (let i = 3; i < data.length; i += 4 * 97) painted += data[i] > 0 ? 1 : 0
      return {
        layout: screen.dataset.layout,
        seats: [...screen.querySelectorAll(tile)].map((e) => e.dataset.seat),
        painted: painted / (data.length / (4 * 97)),
      }
    },
    byTest('preview-tile'),
  )
const choose = (layout) => page.$eval(`input[name="layout"][value="${layout}"]`, (radio) => radio.click())
const until = (good, what) => eventually(preview, good, { what })

test('a layout is looked at by the chair alone, with the pictures there are, then put up for all', async () => {
  await eventually(stage, (s) => s.tiles.filter((t) => t.state === 'live').length >= SITES, {
    timeout: 40_000,
    what: 'six live tiles',
  })
  await page.setViewport({ width: 390, height: 844 })
  const eye = await (await page.waitForSelector(byTest('preview-open'), { visible: true })).boundingBox()
  assert.ok(eye.width >= 44 && eye.height >= 44, `for a thumb: ${eye.width}×${eye.height}`)
  await page.setViewport(office)
  await page.keyboard.press('b')
  await page.waitForSelector(byTest('preview-screen'))
  await until((p) => p.seats.length >= SITES, 'the stage as it is now')
  assert.equal(await page.$eval(byTest('preview-go'), (button) => button.disabled), true, 'it is up already')
  await choose('grid')
  await until((p) => p.layout === 'grid' && p.painted > 0.4, 'the grid with its pictures')
  await look(page, 'preview', byTest('preview-screen'), { english: true })

  await choose('single')
  const pinned = await page.$eval(`${byTest('preview-pin')} option:last-child`, (option) => option.value)
  await page.select(byTest('preview-pin'), pinned)
  await until((p) => p.layout === 'single' && p.seats.join() === pinned, 'one site alone')
  assert.notEqual((await stage()).layout, 'single', 'nobody else sees it yet')
  await page.locator(byTest('preview-go')).click()
  const up = await eventually(stage, (s) => s.layout === 'single', { what: 'the stage to follow' })
  assert.deepEqual(up.tiles.map((tile) => tile.seat), [pinned])
})

test('a page that is opened anew previews what is in force, not what it chose', async () => {
  await page.reload()
  await page.waitForSelector(byTest('preview-open'), { visible: true })
  await eventually(() => page.$eval(byTest('layout-select'), (select) => select.value), (value) => value === 'single', {
    what: 'the list of layouts as it is in force',
  })
  await page.click(byTest('preview-open'))
  await page.waitForSelector(byTest('preview-screen'))
  await until((p) => p.layout === 'single' && p.seats.length === 1, 'one site alone')
  assert.equal(await page.$eval('input[name="layout"][value="single"]', (radio) => radio.checked), true)
  await choose('auto')
  await page.locator(byTest('preview-go')).click()
  await eventually(stage, (s) => s.layout !== 'single', { what: 'the stage of before' })
  await page.keyboard.press('Escape')
})

test('who was called while it was recorded is a chapter, reached by keyboard', async () => {
  await page.keyboard.press('r')
  await page.waitForSelector(byTest('recording-time'), { visible: true })
  const seen = async () => (await welcomeOf(page, meeting)).recording
  const { id } = await eventually(seen, (r) => r.state === 'recording' && r.length >= 2000, {
    what: 'two seconds of recording',
  })
  const { sites: rows, control } = await welcomeOf(page, meeting)
  assert.equal(control.floor.holder, null)
  const called = rows.filter((site) => site.role === 'site' && site.state === 'connected').slice(0, 2)
  for (const site of called) {
    const row = `${byTest('roster-row')}[data-seat="${site.seat}"]`
    await page.locator(row).click()
    await page.locator(`${row} ${byTest('call-site')}`).click()
    await eventually(async () => (await welcomeOf(page, meeting)).control.floor.holder?.seat, (seat) => seat === site.seat, {
      what: `the floor for ${site.name}`,
    })
    const { length } = await seen()
    await eventually(seen, (r) => r.length >= length + 2000, { what: 'two seconds of speech' })
  }
  await page.keyboard.press('e')
  await page.keyboard.press('r')
  await eventually(seen, (r) => r.state === 'none', { what: 'the end of the recording' })

  await page.goto(`${server.url}/recordings/${id}`)
  await page.waitForFunction((s) => document.querySelector(s)?.readyState >= 2, { timeout: 20_000 }, byTest('player-video'))
  await page.waitForSelector(byTest('chapter'))
  const titles = await page.$$eval(byTest('chapter'), (all) => all.map((e) => e.textContent))
  assert.equal(titles.length, 2, titles.join('; '))
  called.forEach((site, i) => assert.ok(titles[i].includes(site.name), `${titles[i]}: ${site.name}`))
  await look(page, 'player-chapters', byTest('chapter'), { english: true })
  await page.focus(byTest('chapter'))
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const at = await page.$eval(byTest('player-video'), (video) => video.currentTime)
  assert.ok(at > 3.5, `the second speech is at ${at} s`)
})
