// A secretary plans a meeting with the keyboard alone and leads it from draft to its end.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { byTest, chromium, eventually, openPage } from './support/browsers.mjs'
import { closeAll } from './support/close.mjs'
import { tabTo } from './support/keyboard.mjs'
import { look } from './support/look.mjs'
import { Server } from './support/server.mjs'

let server, browser, page, plan

before(async () => {
  server = await Server.start({ extra: ['--max-sites', '40'] })
  const password = await server.addUser('thuky', 'secretary')
  browser = await chromium()
  page = await openPage(browser)
  await page.goto(`${server.url}/`, { waitUntil: 'networkidle0' })
  await page.type(byTest('sign-in-username'), 'thuky')
  await page.type(byTest('sign-in-password'), password)
  await page.keyboard.press('Enter')
  await page.waitForSelector(byTest('plan-new'), { timeout: 20_000 })
  page.problems.splice(0)
})

after(() => closeAll(browser, server))

const text = (name) => page.$eval(byTest(name), (element) => element.textContent.trim())
const count = () => text('site-count')
const clashes = () => page.$$eval(byTest('clash'), (all) => all.map((each) => each.dataset.kind))
const state = () => page.$eval(byTest('plan-state'), (badge) => badge.dataset.state)

/** The browser's own widget takes days by keyboard in an order that hangs on the machine. */
const setMoment = (name, value) =>
  page.$eval(
    byTest(name),
    (input, moment) => {
      input.value = moment
      input.dispatchEvent(new Event('input', { bubbles: true }))
      input.dispatchEvent(new Event('change', { bubbles: true }))
    },
    value,
  )

test('the list of meetings while there is none', () => look(page, 'meetings-none', byTest('plan-new')))

test('all communes of one district are called in one gesture, with the keyboard alone', async () => {
  await tabTo(page, byTest('plan-new'))
  await page.keyboard.press('Enter')
  await page.waitForSelector(byTest('plan-title'), { timeout: 20_000 })
  await tabTo(page, byTest('plan-title'))
  await page.keyboard.type('Hội nghị <b>sơ kết</b> cải cách hành chính huyện Thanh Miện')
  await page.select(byTest('plan-kind'), 'interim')
  await setMoment('plan-starts', '2031-11-24T08:00')
  assert.equal(await page.$eval(byTest('plan-ends'), (input) => input.value), '2031-11-24T12:00', 'half a day, as is usual')
  await tabTo(page, byTest('plan-secretary'))
  await page.keyboard.type('so noi vu')
  await page.keyboard.press('Enter')
  assert.equal(await page.$eval(byTest('plan-secretary'), (input) => input.value), 'Sở Nội vụ')
  await tabTo(page, byTest('site-search'))
  await page.keyboard.type('thanh mien')
  await tabTo(page, '[data-branch="HD-300"]')
  await page.keyboard.press('Space')
  assert.match(await count(), /17\/266/)
  await tabTo(page, '[data-unit="HD-11293"]')
  await page.keyboard.press('Space')
  assert.match(await count(), /16\/266/)
  assert.equal(await page.$eval('[data-branch="HD-300"]', (box) => box.indeterminate), true)
})

test('the agenda is written and put in order without leaving the keyboard', async () => {
  await tabTo(page, byTest('agenda-add'))
  await page.keyboard.press('Enter')
  await page.keyboard.type('Báo cáo trung tâm')
  await tabTo(page, byTest('agenda-add'))
  await page.keyboard.press('Enter')
  await page.keyboard.type('Khai mạc')
  const titles = () => page.$$eval(byTest('agenda-title'), (all) => all.map((each) => each.value))
  assert.deepEqual(await titles(), ['Báo cáo trung tâm', 'Khai mạc'])
  await page.keyboard.down('Alt')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.up('Alt')
  await eventually(titles, (now) => now[0] === 'Khai mạc', { what: 'the new order' })
  assert.equal(await page.evaluate(() => document.activeElement.value), 'Khai mạc', 'the focus moved with the row')
})

test('it is saved and is the same after a reload, its title shown as text', async () => {
  await tabTo(page, byTest('plan-save'))
  await page.keyboard.press('Enter')
  await eventually(state, (now) => now === 'draft', { what: 'the saved draft' })
  plan = page.url()
  assert.match(plan, /\/meetings\/[a-z2-7]{10}\/plan$/)
  await eventually(() => page.$(byTest('no-clash')), Boolean, { what: 'no clash' })
  await page.reload({ waitUntil: 'networkidle0' })
  assert.match(await count(), /16\/266/)
  assert.equal(await page.$eval(byTest('plan-title'), (input) => input.value), 'Hội nghị <b>sơ kết</b> cải cách hành chính huyện Thanh Miện')
  await look(page, 'plan', byTest('plan-title'), { english: true, tall: true })
  const { expect } = await page.evaluate((path) => fetch(path).then((answer) => answer.json()), `/api/v1${new URL(plan).pathname.replace('/plan', '')}`)
  assert.equal(expect, 'HD-300/commune,-HD-11293')
})

test('clashes are shown while a second meeting is drafted at the same time', async () => {
  await page.goto(`${server.url}/meetings/new`, { waitUntil: 'networkidle0' })
  await page.type(byTest('plan-title'), 'Hội nghị toàn tỉnh')
  await setMoment('plan-starts', '2031-11-24T09:00')
  await page.click(byTest('choose-commune'))
  const found = await eventually(clashes, (now) => now.includes('sites'), { what: 'the clash' })
  assert.deepEqual(found, ['chair', 'sites', 'capacity'])
  assert.match(await page.$eval(`${byTest('clash')}[data-kind="sites"]`, (line) => line.textContent), /16 điểm cầu.*<b>sơ kết<\/b>/)
  await look(page, 'plan-clashes', byTest('clash'), { tall: true })
  await setMoment('plan-starts', '2031-11-25T09:00')
  await eventually(clashes, (now) => now.join() === 'capacity', { what: 'another day without a clash' })
  page.once('dialog', (dialog) => dialog.accept())
  await page.goto(plan, { waitUntil: 'networkidle0' })
})

test('it is led from its invitation to its end, each step by a button that says so', async () => {
  for (const step of ['invited', 'trial', 'lobby', 'open', 'adjourned', 'open']) {
    await tabTo(page, byTest(`step-${step}`))
    await page.keyboard.press('Enter')
    await eventually(state, (now) => now === step, { what: step })
    if (step === 'trial') {
      assert.equal(await page.$eval(byTest('plan-title'), (input) => input.disabled), true)
      assert.equal(await page.$eval(byTest('agenda-title'), (input) => input.disabled), false)
    }
  }
  await tabTo(page, byTest('step-closed'))
  await page.keyboard.press('Enter')
  await page.waitForSelector(byTest('step-yes'))
  assert.equal(await state(), 'open', 'what cannot be taken back is asked first')
  await page.keyboard.press('Enter')
  await eventually(state, (now) => now === 'closed', { what: 'closed' })
  assert.equal(await page.$(byTest('step-open')), null)
  await look(page, 'plan-closed', byTest('plan-state'), { tall: true })
})

test('the page speaks English too, and the list knows the states', async () => {
  await page.$eval(`${byTest('language-switch')} [data-locale="en"]`, (button) => button.click())
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  assert.equal(await text('plan-state'), 'ended')
  await page.goto(`${server.url}/meetings`, { waitUntil: 'networkidle0' })
  await page.waitForSelector(byTest('meeting-row'))
  assert.deepEqual(page.problems.splice(0), [])
})
