// The chair's whole meeting by keyboard alone: no click, and the focus is always somewhere to be seen.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { byTest, chromium, enter, eventually, openPage, waitForStage } from './support/browsers.mjs'
import { colourCamera } from './support/cameras.mjs'
import { closeAll } from './support/close.mjs'
import { tabTo as tab } from './support/keyboard.mjs'
import { Server } from './support/server.mjs'

const SITE = 'HD-10507/site'
let server, meeting, halls, chair, site
const browsers = []

async function person(colour) {
  browsers.push(await chromium({ camera: await colourCamera(colour) }))
  return openPage(browsers.at(-1))
}

before(async () => {
  server = await Server.start()
  const password = await server.addUser('chutoa', 'chair', 'HD')
  chair = await person('green')
  meeting = await server.createMeeting({ title: 'Giao ban bằng bàn phím' })
  halls = server.simulate(meeting, 6, ['--except', 'HD,HD-10507', '--take-part', '--ask-floor', '2'])
  await chair.goto(`${server.url}/`, { waitUntil: 'domcontentloaded' })
  await chair.waitForSelector(byTest('sign-in-username'), { timeout: 20_000 })
  await tabTo(byTest('sign-in-username'))
  await chair.keyboard.type('chutoa')
  await chair.keyboard.press('Tab')
  await chair.keyboard.type(password)
  await chair.keyboard.press('Enter')
  await there(byTest('meeting-enter'))
})

after(() => closeAll(halls, ...browsers, server))

const there = (selector) => chair.waitForSelector(selector, { timeout: 40_000 })
const press = (key) => chair.keyboard.press(key)
const text = (name) => chair.$eval(byTest(name), (e) => e.textContent.trim())
const holder = () => chair.$eval(byTest('floor-holder'), (e) => e.dataset.seat ?? null)
const queued = () => chair.$$eval(`${byTest('floor-queue')} li`, (rows) => rows.map((row) => row.dataset.seat)).catch(() => [])
/** What has the focus and whether an eye finds it: a ring, or a caret in a field. */
const focus = () =>
  chair.evaluate(() => {
    const at = document.activeElement
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at)
    const ring = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0
    return { name: at.dataset.test ?? at.tagName, lost: at === document.body, seen: ring || boxShadow !== 'none' || at.matches('[tabindex="-1"]') }
  })

/** Fails as well where the eye loses the focus. */
async function tabTo(selector, backwards = false) {
  await tab(chair, selector, backwards)
  const { seen, name } = await focus()
  assert.ok(seen, `the focus on ${name} is to be seen`)
}
/** After an act took its own button away. */
const kept = (what) => eventually(focus, ({ lost }) => !lost, { what: `the focus ${what}` })

test('from the list through the check into the room', async () => {
  await tabTo(byTest('meeting-enter'))
  await press('Enter')
  await there(`${byTest('check-join')}:enabled`)
  await tabTo(byTest('check-join'))
  await press('Enter')
  await waitForStage(chair, 60_000)
  await eventually(queued, (seats) => seats.length === 2, { timeout: 60_000, what: 'two halls in the queue' })
})

test('calls from the queue, extends and ends; the focus stays beside what went', async () => {
  const [first, second] = await queued()
  await tabTo(`${byTest('floor-queue')} li[data-seat="${second}"] button:not([data-test])`)
  await press('Enter')
  await eventually(queued, ([head]) => head === second, { what: 'the new order' })
  await kept('after the row moved')
  await tabTo(`li[data-seat="${second}"] ${byTest('floor-call')}`)
  await press('Enter')
  await eventually(holder, (seat) => seat === second, { what: 'the second has the floor' })
  await eventually(queued, (seats) => seats.length === 1, { what: 'one left in the queue' })
  await kept('after its row went')
  await tabTo(byTest('floor-extend'))
  await press('Space')
  await eventually(() => text('floor-time'), (time) => time.endsWith('/07:00'), { what: 'two minutes more' })
  await tabTo(byTest('floor-end'))
  await press('Enter')
  await eventually(holder, (seat) => seat === null, { what: 'nobody has the floor' })
  await kept('after its button went')
  await tabTo(`li[data-seat="${first}"] ${byTest('floor-decline')}`)
  await press('Enter')
  await eventually(queued, (seats) => seats.length === 0, { what: 'an empty queue' })
  await kept('after the queue went')
})

test('a site is found in the list without tone marks, called, muted and sent out; and let in again', async () => {
  site = await person('red')
  const token = await server.token(meeting, 'HD-10507', 'site')
  await enter(site, server.url, token)
  await tabTo(byTest('roster-search'))
  await chair.keyboard.type('cam thuong')
  await there(`${byTest('roster-row')}[data-seat="${SITE}"][data-state="connected"]`)
  await tabTo(byTest('roster'))
  const active = () => chair.$eval(byTest('roster'), (e) => document.getElementById(e.getAttribute('aria-activedescendant'))?.dataset.seat)
  await press('Home')
  for (let step = 0; step < 10 && (await active()) !== SITE; ++step) await press('ArrowDown')
  assert.equal(await active(), SITE)
  await press('Enter')
  await eventually(holder, (seat) => seat === SITE, { what: 'it has the floor' })
  await press('e')
  await eventually(holder, (seat) => seat === null, { what: 'its speech ended' })
  await press('t')
  await site.waitForSelector('[data-notice="muted"]', { timeout: 20_000 })
  // The same key opens it again once the chair's own page knows that it is closed.
  await chair.waitForFunction((s) => /chủ tọa tắt mic/.test(document.querySelector(s)?.textContent), { timeout: 20_000 }, `${byTest('roster-row')}[data-seat="${SITE}"]`)
  await press('t')
  await site.waitForFunction(() => !document.querySelector('[data-notice="muted"]'), { timeout: 20_000 })
  assert.equal((await focus()).name, 'roster', 'the list has the focus through all of it')
  await press('Delete')
  await site.waitForSelector(`${byTest('ending')}[data-ending="removed"]`, { timeout: 20_000 })
  await there(byTest('restore'))
  await tabTo(byTest('restore'))
  await press('Enter')
  await chair.waitForFunction((s) => !document.querySelector(s), { timeout: 20_000 }, byTest('restore'))
  await kept('after the list of those sent out went')
})

test('the roll call: opened by D, consented, an absence with its reason, closed; the focus comes back', async () => {
  await tabTo(byTest('lock-room'))
  await press('d')
  await there(byTest('roll-call-begin'))
  await tabTo(byTest('roll-call-begin'))
  await press('Enter')
  await there(byTest('consent-grant'))
  await kept('after the button became another')
  await tabTo(byTest('consent-grant'))
  await press('Enter')
  await chair.waitForFunction((s) => !document.querySelector(s), { timeout: 20_000 }, byTest('consent-grant'))
  await kept('after the question was answered')
  await tabTo(`${byTest('roll-call-row')}[data-seat="${SITE}"] ${byTest('mark-absent')}`)
  await press('Enter')
  await chair.keyboard.type('Đi công tác')
  await press('Enter')
  await there(`${byTest('roll-call-row')}[data-seat="${SITE}"][data-presence="absent"]`)
  await kept('after the reason was given')
  await tabTo(byTest('roll-call-close'), true)
  await press('Enter')
  await there(byTest('roll-call-confirm'))
  await kept('at the question')
  await tabTo(byTest('roll-call-confirm'))
  await press('Enter')
  await there(`${byTest('roll-call')}[data-state="closed"]`)
  await press('Escape')
  await chair.waitForFunction((s) => !document.querySelector(s), {}, byTest('roll-call'))
  assert.equal((await focus()).name, 'lock-room', 'where it was before')
})

test('a vote: written, opened, closed, announced', async () => {
  await tabTo(byTest('vote-new'))
  await press('Enter')
  await there(byTest('vote-draft'))
  await eventually(focus, ({ name }) => name === 'INPUT', { what: 'the question has the focus' })
  await press('Escape')
  await eventually(focus, ({ name }) => name === 'vote-new', { what: 'the focus is given back' })
  await press('Enter')
  await eventually(focus, ({ name }) => name === 'INPUT', { what: 'the question has the focus' })
  await chair.keyboard.type('Thông qua nghị quyết')
  await press('Enter')
  await there(`${byTest('vote')}[data-state="open"]`)
  await eventually(() => text('vote'), (said) => said.includes('6/266'), { timeout: 40_000, what: 'six votes' })
  await tabTo(byTest('vote-close'))
  await press('Enter')
  await there(byTest('vote-announce'))
  await kept('after the vote was closed')
  await tabTo(byTest('vote-announce'))
  await press('Space')
  await there(byTest('vote-result'))
  await kept('after it was announced')
  await tabTo(byTest('vote-hide'))
  await press('Enter')
  await kept('after it was put away')
})

test('wall, documents, texts, layout, all microphones and the lock', async () => {
  await press('w')
  await there(byTest('wall-close'))
  await press('Escape')
  await chair.waitForFunction((s) => !document.querySelector(s), {}, byTest('wall-close'))
  await tabTo(byTest('toggle-documents'))
  await press('Enter')
  await there(byTest('drawer-close'))
  await press('Escape')
  await eventually(focus, ({ name }) => name === 'toggle-documents', { what: 'the focus is where the drawer was opened' })
  await tabTo(byTest('layout-select'))
  const layouts = await chair.$eval(byTest('layout-select'), (list) => [...list.options].map((each) => each.text))
  const meant = layouts.find((each) => each.startsWith('L'))
  await chair.keyboard.type('L')
  await eventually(() => chair.$eval(byTest('layout-select'), (list) => list.selectedOptions[0].text), (now) => now === meant, { what: 'the layout with an L' })
  assert.equal(await chair.$(byTest('drawer-close')), null, 'a letter typed into a list is no shortcut')
  await kept('on the list of layouts')
  await tabTo(byTest('mute-all'))
  await press('Space')
  await there(`${byTest('mute-all')}[aria-pressed="true"]`)
  assert.equal((await focus()).name, 'mute-all')
  await tabTo(byTest('lock-room'))
  await press('Enter')
  await there(`${byTest('lock-room')}[aria-pressed="true"]`)
  await tabTo(byTest('record-toggle'))
  await press('Enter')
  await there(byTest('recording-time'))
  await tabTo(byTest('leave'))
  await press('Enter')
  await there(byTest('ending'))
})
