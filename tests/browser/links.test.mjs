// A unit's link and PIN: made by the secretary, opened by the site, refused and locked when guessed.
// Then the door: lobby, admitted, locked, one site too many, sent out.
// DIEMCAU_SCREENSHOTS=DIR keeps pictures of the pages.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { byTest, chromium, eventually, join, openPage, waitForStage } from './support/browsers.mjs'
import { closeAll } from './support/close.mjs'
import { look, lookPrinted } from './support/look.mjs'
import { Server } from './support/server.mjs'

const UNITS = ['HD-10507', 'HD-10510', 'HD-10513']
let server, browser, secretary, meeting
const slips = new Map()

before(async () => {
  server = await Server.start({ extra: ['--max-sites', '2'] })
  const password = await server.addUser('thuky', 'secretary')
  browser = await chromium()
  secretary = await openPage(browser)
  await secretary.goto(`${server.url}/`, { waitUntil: 'networkidle0' })
  await secretary.type(byTest('sign-in-username'), 'thuky')
  await secretary.type(byTest('sign-in-password'), password)
  await secretary.keyboard.press('Enter')
  await secretary.waitForSelector(byTest('plan-new'), { timeout: 20_000 })
  secretary.problems.splice(0)
  meeting = (await api('POST', '/api/v1/meetings', {
    title: 'Hội nghị trực tuyến sơ kết công tác cải cách hành chính quý III',
    open: false, expect: UNITS.join(','), starts_at: new Date(Date.now() + 600_000).toISOString(),
  })).id
  await api('POST', `/api/v1/meetings/${meeting}/state`, { to: 'lobby' })
  await secretary.goto(`${server.url}/meetings/${meeting}/links`, { waitUntil: 'domcontentloaded' })
  await secretary.waitForSelector(byTest('link-row'), { timeout: 20_000 })
})

after(() => closeAll(browser, server))

/** What the secretary's page may do, over the API with its own cookie. */
const api = (method, path, body) =>
  secretary.evaluate(
    async (method, path, body) => {
      const headers = { 'Content-Type': 'application/json' }
      return (await fetch(path, { method, headers, body: JSON.stringify(body) })).json()
    },
    method, path, body,
  )

/** Nobody is signed in there until the PIN is right. */
const stranger = { expected: /status of 4\d\d/ }
const textOf = (page, name) => page.$eval(byTest(name), (element) => element.textContent.trim())
const slipOf = (unit) =>
  secretary.$eval(`${byTest('slip')}[data-unit="${unit}"]`, (slip) => ({
    url: slip.querySelector('[data-test="slip-url"]')?.textContent.trim() ?? '',
    pin: slip.querySelector('[data-test="slip-pin"]').textContent.replace(/\D/g, ''),
  }))
const wrong = (pin) => (pin === '000000' ? '000001' : '000000')

/** A browser of its own for each room: nobody is signed in there yet. */
async function room() {
  const context = await browser.createBrowserContext()
  return openPage(context)
}
async function typePin(page, pin) {
  await page.waitForFunction((s) => !document.querySelector(s)?.disabled, {}, byTest('link-pin-input'))
  await page.type(byTest('link-pin-input'), pin)
  await page.keyboard.press('Enter')
}

test('the secretary makes all links in one go and gets slips to print', async () => {
  await look(secretary, 'links-none', byTest('link-row'))
  await secretary.click(byTest('links-make-all'))
  await secretary.waitForFunction((s, n) => document.querySelectorAll(s).length === n, {}, byTest('slip'), UNITS.length)
  for (const unit of UNITS) {
    const slip = await slipOf(unit)
    assert.match(slip.url, /^http:\/\/127\.0\.0\.1:\d+\/join#link=[\w-]{43}$/)
    assert.match(slip.pin, /^\d{6}$/)
    slips.set(unit, slip)
  }
  await look(secretary, 'links-made', byTest('slip'))
  await lookPrinted(secretary, 'links-printed', byTest('slip'))
  assert.equal(new Set([...slips.values()].map((slip) => slip.url)).size, UNITS.length)
})

test('a site opens its link, mistypes its PIN once, and comes to the device check under its own name', async () => {
  const { url, pin } = slips.get(UNITS[0])
  const page = await room()
  await page.goto(url, { waitUntil: 'domcontentloaded' })
  await page.waitForSelector(byTest('link-unit'), { timeout: 20_000 })
  assert.equal(await textOf(page, 'link-unit'), 'UBND phường Cẩm Thượng')
  await look(page, 'link-pin', byTest('link-unit'), stranger)
  await typePin(page, wrong(pin))
  await page.waitForSelector(byTest('pin-problem'))
  assert.match(await textOf(page, 'pin-problem'), /Sai mã PIN/)
  await typePin(page, pin)
  await page.waitForSelector(byTest('check-name'), { timeout: 20_000 })
  assert.match(await textOf(page, 'check-name'), /UBND phường Cẩm Thượng/)
  // The link again, in the same browser: no second PIN.
  await page.goto('about:blank')
  await page.goto(url, { waitUntil: 'domcontentloaded' })
  await page.waitForSelector(byTest('check-join'), { timeout: 20_000 })
  await page.close()
})

test('guessing is stopped with a message that says how long, until the secretary gives a new PIN', async () => {
  const { url, pin } = slips.get(UNITS[1])
  const page = await room()
  await page.goto(url, { waitUntil: 'domcontentloaded' })
  await page.waitForSelector(byTest('link-unit'), { timeout: 20_000 })
  for (let i = 0; i < 5; ++i) {
    const answered = page.waitForResponse((response) => response.url().endsWith('/api/v1/session'))
    await typePin(page, wrong(pin))
    assert.equal((await answered).status(), 401)
  }
  await typePin(page, pin)
  await eventually(() => textOf(page, 'pin-problem'), (said) => /quá nhiều lần. Thử lại sau 0[01]:\d\d/.test(said))
  await look(page, 'link-locked', byTest('pin-problem'), stranger)
  await page.close()
  await secretary.click(`${byTest('link-row')}[data-unit="${UNITS[1]}"] ${byTest('link-pin')}`)
  const renewed = await eventually(() => slipOf(UNITS[1]), (slip) => slip.pin !== pin)
  assert.equal(renewed.url, url, 'the QR code on the wall stays good')
  slips.set(UNITS[1], renewed)
  const again = await room()
  await again.goto(url, { waitUntil: 'domcontentloaded' })
  await again.waitForSelector(byTest('link-unit'), { timeout: 20_000 })
  await typePin(again, renewed.pin)
  await again.waitForSelector(byTest('check-join'), { timeout: 20_000 })
  await again.close()
})

test('a link that was taken back says so and where to get another', async () => {
  const { url } = slips.get(UNITS[2])
  const row = `${byTest('link-row')}[data-unit="${UNITS[2]}"]`
  await secretary.click(`${row} ${byTest('link-revoke')}`)
  await secretary.click(`${row} ${byTest('link-yes')}`)
  await secretary.waitForSelector(`${row} ${byTest('link-make')}`)
  const page = await room()
  await page.goto(url, { waitUntil: 'domcontentloaded' })
  await page.waitForSelector(byTest('join-problem'), { timeout: 20_000 })
  assert.match(await textOf(page, 'join-problem'), /không còn hiệu lực/)
  await look(page, 'link-gone', byTest('join-problem'), stranger)
  await page.close()
  assert.deepEqual(secretary.problems, [])
})

/** By link and PIN, in a browser of its own. */
async function comeByLink(unit) {
  const { url, pin } = slips.get(unit)
  const page = await room()
  await page.goto(url, { waitUntil: 'domcontentloaded' })
  await page.waitForSelector(byTest('link-unit'), { timeout: 20_000 })
  await typePin(page, pin)
  await join(page)
  return page
}
async function comeToTheDoor(unit) {
  const page = await comeByLink(unit)
  await page.waitForSelector(byTest('lobby'), { timeout: 20_000 })
  return page
}
let inside

test('a site waits in the lobby, is told so, and is let in with all expected', async () => {
  secretary.once('dialog', (dialog) => void dialog.accept())
  await secretary.goto(`${server.url}/meetings/${meeting}`, { waitUntil: 'domcontentloaded' })
  await waitForStage(secretary)
  inside = await comeToTheDoor(UNITS[0])
  await secretary.waitForSelector(byTest('admit-all'), { timeout: 20_000 })
  await secretary.click(byTest('admit-all'))
  await waitForStage(inside)
})

test('in a locked room the next one waits; one above the number of sites is told that there is no place', async () => {
  await api('POST', `/api/v1/meetings/${meeting}/state`, { to: 'open' })
  await secretary.click(byTest('lock-room'))
  await secretary.waitForFunction((s) => document.querySelector(s)?.ariaPressed === 'true', {}, byTest('lock-room'))
  const page = await comeToTheDoor(UNITS[1])
  await secretary.waitForSelector(`${byTest('waiting')} li button`, { timeout: 20_000 })
  await secretary.click(`${byTest('waiting')} li button`)
  await page.waitForSelector(byTest('ending'), { timeout: 20_000 })
  assert.match(await page.$eval('main', (main) => main.textContent), /đã đủ 2 điểm cầu/)
  await look(page, 'ending-full', byTest('ending'), stranger)
  await page.close()
})

test('a site that is sent out is told so and whom to ask', async () => {
  const row = `${byTest('roster-row')}[data-seat="${UNITS[0]}/site"]`
  // The row's acts show under the pointer; which row that is moves with the list.
  await secretary.$eval(`${row} ${byTest('remove-site')}`, (button) => button.click())
  await inside.waitForSelector(`${byTest('ending')}[data-ending="removed"]`, { timeout: 20_000 })
  await look(inside, 'ending-removed', byTest('ending'), stranger)
})

test('a site in the meeting whose link is taken back is told so and is out, and its cookie opens nothing any more', async () => {
  const page = await comeByLink(UNITS[1]) // it was let in before, and found no place
  await waitForStage(page)
  const status = () => page.evaluate(async (path) => (await fetch(path)).status, `/api/v1/meetings/${meeting}`)
  assert.equal(await status(), 200)
  await secretary.evaluate((path) => fetch(path, { method: 'DELETE' }), `/api/v1/meetings/${meeting}/links/${UNITS[1]}`)
  await page.waitForSelector(`${byTest('ending')}[data-ending="signed_out"]`, { timeout: 20_000 })
  await eventually(
    () => secretary.$eval(`${byTest('roster-row')}[data-seat="${UNITS[1]}/site"]`, (row) => row.dataset.state),
    (state) => state !== 'connected' && state !== 'reconnecting', { what: 'its seat to be free' })
  assert.equal(await status(), 401)
  await look(page, 'ending-revoked', byTest('ending'), stranger)
  await page.close()
})

test('nothing of a link or PIN stands in the server log', () => {
  const log = server.log.join('\n')
  for (const { url, pin } of slips.values()) {
    assert.ok(!log.includes(url.split('=')[1]))
    assert.ok(!new RegExp(`\\b${pin}\\b`).test(log))
  }
})
