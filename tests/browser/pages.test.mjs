// Every page as a person sees it who goes from signing in to the recording (support/look.mjs).
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { byTest, chromium, eventually, join, openPage, playing, toCheck, waitForStage, welcomeOf } from './support/browsers.mjs'
import { closeAll } from './support/close.mjs'
import { look } from './support/look.mjs'
import { Server } from './support/server.mjs'

let server, meeting, browser, page, sites, recording, longNamed

before(async () => {
  server = await Server.start()
  meeting = await server.createMeeting({ title: 'Hội nghị trực tuyến đánh giá công tác CCHC quý III năm 2023' })
  longNamed = await server.createMeeting({
    title: 'Hội nghị sơ kết sáu tháng đầu năm về cải cách hành chính và chuyển đổi số toàn tỉnh Hải Dương',
    expect: 'HD,HD-300/*',
  })
  const password = await server.addUser('thuky', 'secretary')
  sites = server.simulate(meeting, 9)
  browser = await chromium()
  page = await openPage(browser)
  page.password = password
})

after(() => closeAll(sites, browser, server))

test('sign-in, in both languages', async () => {
  await page.goto(`${server.url}/`, { waitUntil: 'networkidle0' })
  page.problems.splice(0) // asking who I am answers 401 before anybody signed in
  await look(page, 'sign-in', byTest('sign-in-submit'), { english: true })
})

test('a wrong password is said plainly and loses nothing', async () => {
  await page.type(byTest('sign-in-username'), 'thuky')
  await page.type(byTest('sign-in-password'), 'sai')
  await page.click(byTest('sign-in-submit'))
  await page.waitForSelector(byTest('sign-in-problem'), { visible: true })
  page.problems.splice(0) // the browser reports the 401 itself
  await look(page, 'sign-in-refused', byTest('sign-in-problem'))
  assert.equal(await page.$eval(byTest('sign-in-username'), (e) => e.value), 'thuky')
})

test('the list of meetings', async () => {
  await page.$eval(byTest('sign-in-password'), (e) => { e.value = ''; e.dispatchEvent(new Event('input', { bubbles: true })) })
  await page.type(byTest('sign-in-password'), page.password)
  await page.click(byTest('sign-in-submit'))
  await page.waitForSelector(byTest('meeting-row'))
  assert.equal((await page.$$(byTest('meeting-row'))).length, 2)
  await look(page, 'meetings', byTest('meeting-row'), { english: true })
})

test('the check of camera, microphone and loudspeaker', async () => {
  await page.goto(`${server.url}/meetings/${meeting}/check`)
  await playing(page, byTest('check-picture'))
  await page.waitForSelector(byTest('check-name'))
  await look(page, 'check', byTest('check-join'), { english: true })
})

test('the meeting with nine simulated sites and 266 expected ones', async () => {
  await join(page)
  await waitForStage(page)
  await eventually(() => welcomeOf(page, meeting), (w) => w.stage.tiles.filter((t) => t.state === 'live').length >= 8, {
    timeout: 40_000,
    what: 'eight live tiles',
  })
  await page.click(byTest('record-toggle'))
  await page.waitForSelector(byTest('recording-time'), { visible: true })
  await eventually(() => page.$eval(byTest('recording-time'), (e) => e.textContent), (t) => /0[3-9]$/.test(t.trim()), {
    what: 'three seconds of recording',
  })
  await look(page, 'meeting', byTest('stage-video'), { english: true })
})

test('the recordings and the player', async () => {
  const listed = await page.evaluate(async () => (await fetch('/api/v1/recordings')).json())
  recording = (listed.recordings ?? listed)[0].id
  const stopped = await page.evaluate(
    async (id) => (await fetch(`/api/v1/meetings/${id}/recording`, { method: 'DELETE' })).status, meeting)
  assert.ok(stopped < 300, `DELETE answers ${stopped}`)
  await page.goto(`${server.url}/recordings`)
  await page.waitForSelector(byTest('recording-row'))
  await look(page, 'recordings', byTest('recording-row'), { english: true })
  await page.goto(`${server.url}/recordings/${recording}`)
  await page.waitForFunction((s) => document.querySelector(s)?.readyState >= 2, { timeout: 20_000 }, byTest('player-video'))
  await look(page, 'player', byTest('player-video'), { english: true })
})

test('a meeting nobody is in, with a title of 90 letters', async () => {
  await page.goto(`${server.url}/meetings/${longNamed}/check`)
  await join(page)
  await waitForStage(page)
  await look(page, 'meeting-empty', byTest('stage-video'))
})

/** Breaks off the requests for scripts while `broken` says so, as a change of network does. */
async function breakScripts(page, broken) {
  await page.setRequestInterception(true)
  page.on('request', (request) => {
    const script = request.resourceType() === 'script' || request.resourceType() === 'xhr'
    return script && broken(new URL(request.url()).pathname) ? request.abort('connectionreset') : request.continue()
  })
}

test('a link opens though the network changes under every part of its page', async () => {
  const visitor = await browser.createBrowserContext()
  const other = await openPage(visitor)
  const tries = new Map()
  await breakScripts(other, (path) => {
    tries.set(path, (tries.get(path) ?? 0) + 1)
    return tries.get(path) <= 2 && !path.startsWith('/assets/index')
  })
  await toCheck(other, server.url, await server.token(longNamed, 'HD', 'chair'))
  const again = [...tries].filter(([, times]) => times > 2).map(([path]) => path)
  assert.ok(again.some((path) => /^\/assets\/CheckPage/.test(path)), `tried again: ${again}`)
  await visitor.close()
})

test('a part that never comes is said, and opens by a button when the line is back', async () => {
  const other = await openPage(browser)
  let out = false
  await breakScripts(other, (path) => out && path.startsWith('/assets/'))
  await other.goto(`${server.url}/meetings`, { waitUntil: 'networkidle0' })
  out = true
  await other.click('a[href="/recordings"]')
  await other.waitForSelector('[role="status"]', { visible: true })
  await other.waitForSelector(byTest('unopened'), { visible: true, timeout: 20_000 })
  assert.ok(await other.$(byTest('meeting-row')), 'the page that was there stays')
  other.problems.splice(0) // the browser reports what did not come
  await look(other, 'unopened', byTest('unopened'))
  out = false
  await other.click(byTest('unopened-reload'))
  await other.waitForSelector(byTest('recording-row'))
  assert.equal(new URL(other.url()).pathname, '/recordings')
  await other.close()
})

test('an unattended hall whose part did not come opens by itself', async () => {
  const hall = await browser.createBrowserContext()
  const other = await openPage(hall)
  let out = true
  let loads = 0
  await breakScripts(other, (path) => out && path.startsWith('/assets/KioskPage'))
  other.on('domcontentloaded', () => loads++)
  await other.goto(`${server.url}/kiosk`)
  await eventually(() => loads, (n) => n >= 2, { timeout: 30_000, what: 'the page loaded anew' })
  out = false
  await other.waitForSelector(byTest('kiosk'), { visible: true, timeout: 30_000 })
  other.problems.splice(0) // the browser reports what did not come
  await hall.close()
})
