// A whole meeting of the province: 266 expected sites, 24 simulated ones in the room, and three
// people in Chromium: the chair and the secretary by their accounts, a commune by its link. From the
// invitation to the end; at every step what the commune's page and the stage show.
import assert from 'node:assert/strict'
import { after, before, test as nodeTest } from 'node:test'
import { byTest, chromium, describePage, enter, eventually, join, openPage, receivedTones, toCheck, waitForStage, welcomeOf } from './support/browsers.mjs'
import { colourCamera, tone } from './support/cameras.mjs'
import { closeAll } from './support/close.mjs'
import { Server } from './support/server.mjs'
import { hallColour, isMain, onStage } from './support/stage.mjs'

const SITES = 24
const COMMUNE = 'HD-10507/site'
const CHAIR = 'HD/chair'
const GREEN = [0, 128, 0]
const RED = [254, 0, 0]
let server, meeting, halls, chair, secretary, commune

/** One meeting, step by step: what follows a failed step could not be judged. */
let failed = false
const test = (name, act) =>
  nodeTest(name, async (step) => {
    if (failed) return step.skip('a step before it failed')
    try {
      await act()
    } catch (problem) {
      failed = true
      for (const page of [chair.page, secretary.page, secretary.plan, commune.page])
        if (page) step.diagnostic(`${await describePage(page)} ${page.problems}`)
      throw problem
    }
  })

async function signIn(person) {
  person.browser = await chromium({ camera: await colourCamera(person.colour) })
  person.page = await openPage(person.browser)
  await person.page.goto(`${server.url}/`, { waitUntil: 'domcontentloaded' })
  await person.page.waitForSelector(byTest('sign-in-username'), { timeout: 20_000 })
  await person.page.type(byTest('sign-in-username'), person.account)
  await person.page.type(byTest('sign-in-password'), person.password)
  await person.page.keyboard.press('Enter')
  await person.page.waitForFunction(() => location.pathname === '/meetings', { timeout: 20_000 })
  person.page.problems.splice(0)
  return person
}

before(async () => {
  server = await Server.start()
  chair = { account: 'chutoa', password: await server.addUser('chutoa', 'chair', 'HD'), colour: 'green' }
  secretary = { account: 'thuky', password: await server.addUser('thuky', 'secretary', 'HD-VPUBND'), colour: 'blue' }
  await signIn(chair)
  await signIn(secretary)
  commune = { browser: await chromium({ camera: await colourCamera('red'), microphone: await tone(900) }) }
  commune.page = await openPage(commune.browser)
})

after(() => closeAll(halls, ...[chair, secretary, commune].map((person) => person?.browser), server))

const there = (page, selector) => page.waitForSelector(selector, { timeout: 40_000 })
const gone = (page, selector) => page.waitForFunction((s) => !document.querySelector(s), { timeout: 40_000 }, selector)
const text = (page, name) => page.$eval(byTest(name), (e) => e.textContent.trim())
const holder = (page) => page.$eval(byTest('floor-holder'), (e) => e.dataset.seat ?? null)
const microphoneOn = (page) => page.$eval(byTest('toggle-microphone'), (e) => e.dataset.on === 'true')
const queue = (page) => page.$$eval(`${byTest('floor-queue')} li`, (rows) => rows.map((row) => row.dataset.seat)).catch(() => [])
const press = (page, selector) => there(page, selector).then(() => page.$eval(selector, (button) => button.click()))
const hall = (number) => ({ seat: `${halls.units[number]}/site`, colour: hallColour(number) })

/** A step of the meeting's life, taken by the secretary in the plan. */
async function step(to) {
  await press(secretary.plan, byTest(`step-${to}`))
  if (to === 'closed') await press(secretary.plan, byTest('step-yes'))
  await there(secretary.plan, `${byTest('plan-state')}[data-state="${to}"]`)
}

/** From the list of meetings through the check into the room. */
async function goIn(person) {
  await person.page.goto(`${server.url}/meetings`, { waitUntil: 'domcontentloaded' })
  await press(person.page, `${byTest('meeting-row')}[data-meeting="${meeting}"] ${byTest('meeting-enter')}`)
  await join(person.page)
  await waitForStage(person.page, 60_000)
}

/** What the commune's page says of who has the floor, on its line and in its own notice. */
const communeHearsOf = (seat) => eventually(() => holder(commune.page), (now) => now === seat, { what: `${seat} has the floor, at the commune` })

test('the secretary plans it and invites; nobody may enter yet', async () => {
  meeting = await secretary.page.evaluate(async () => {
    const answer = await fetch('/api/v1/meetings', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        title: 'Hội nghị trực tuyến toàn tỉnh về CCHC quý III', kind: 'interim', place: '', chair: 'HD',
        secretary: 'HD-VPUBND', expect: 'all', speaking_minutes: 5, open: false,
        starts_at: new Date(Date.now() + 300_000).toISOString(), ends_at: new Date(Date.now() + 3 * 3600_000).toISOString(),
        agenda: [
          { id: 0, title: 'Khai mạc', speaker: 'HD', minutes: 5, speaking_minutes: 5 },
          { id: 0, title: 'Tham luận của phường', speaker: 'HD-10507', minutes: 10, speaking_minutes: 5 },
        ],
      }),
    })
    const plan = await answer.json()
    if (!answer.ok) throw new Error(JSON.stringify(plan))
    return plan.id
  })
  secretary.plan = await openPage(secretary.browser, { window: true })
  await secretary.plan.goto(`${server.url}/meetings/${meeting}/plan`, { waitUntil: 'domcontentloaded' })
  await step('invited')
  assert.match(await text(secretary.plan, 'site-count'), /266\/266/)
  commune.token = await server.token(meeting, 'HD-10507', 'site')
  await toCheck(commune.page, server.url, commune.token)
  await join(commune.page)
  await there(commune.page, byTest('ending'))
  assert.equal(await commune.page.$eval(byTest('ending'), (e) => e.dataset.ending), 'not_begun')
})

test('in the lobby chair and secretary are inside, 24 halls and the commune wait at the door', async () => {
  await step('lobby')
  await goIn(chair)
  await goIn(secretary)
  const welcome = await welcomeOf(secretary.page, meeting)
  assert.equal(welcome.self.seat, 'HD-VPUBND/secretary', 'the secretary acts from its own account')
  assert.equal(welcome.sites.filter(({ expected }) => expected).length, 266)
  halls = server.simulate(meeting, SITES, ['--except', 'HD,HD-VPUBND,HD-10507', '--take-part', '--ask-floor', '3'])
  halls.units = welcome.sites.filter(({ expected, unit }) => expected && !['HD', 'HD-VPUBND', 'HD-10507'].includes(unit))
    .map(({ unit }) => unit).slice(0, SITES)
  await toCheck(commune.page, server.url, commune.token)
  await join(commune.page)
  await there(commune.page, byTest('lobby'))
  await eventually(() => chair.page.$$eval(`${byTest('waiting')} li`, (rows) => rows.length), (n) => n === SITES + 1, {
    timeout: 60_000, what: 'all of them at the door',
  })
})

test('all expected are let in; the stage is a grid of them', async () => {
  await press(secretary.page, byTest('admit-all'))
  await waitForStage(commune.page, 60_000)
  await gone(chair.page, byTest('waiting'))
  await eventually(() => text(commune.page, 'site-count'), (said) => said.includes(`${SITES + 2}/266`), {
    timeout: 60_000, what: 'the count at the commune',
  })
  await step('open')
  await press(secretary.page, byTest('record-toggle'))
  await there(commune.page, byTest('recording-indicator'))
  await chair.page.select(byTest('layout-select'), 'grid')
  const grid = (tile, stage) => stage.layout === 'grid' && stage.tiles.length === 25
  await onStage(commune.page, meeting, { seat: CHAIR, colour: GREEN, wanted: grid })
  for (const number of [0, 7, 15]) await onStage(commune.page, meeting, { ...hall(number), wanted: grid })
  await chair.page.select(byTest('layout-select'), 'auto')
})

test('the roll call: halls answer, substitutes need the chair’s consent, the list is closed', async () => {
  await press(chair.page, byTest('roll-call-open'))
  await press(chair.page, byTest('roll-call-begin'))
  await there(commune.page, byTest('roll-call-answer'))
  await commune.page.click(`${byTest('roll-call-answer')} input[value="substitute"]`)
  await commune.page.type(`${byTest('roll-call-answer')} input[name="person"]`, 'Phạm Văn Thay')
  await commune.page.type(`${byTest('roll-call-answer')} input[name="position"]`, 'Phó Chủ tịch')
  await commune.page.click(byTest('roll-call-send'))
  const substitutes = 1 + SITES / 6
  await eventually(() => text(chair.page, 'roll-call-counts'), (said) => said.includes(`Có mặt ${SITES + 1}/266 · dự thay ${substitutes}`), {
    timeout: 40_000, what: 'everybody in the room answered',
  })
  const asked = () => chair.page.$$eval(byTest('consent-grant'), (all) => all.length)
  assert.equal(await asked(), substitutes)
  const refused = hall(11).seat
  await press(chair.page, `${byTest('roll-call-row')}[data-seat="${refused}"] ${byTest('consent-refuse')}`)
  for (let left = substitutes - 1; left > 0; --left) {
    await eventually(asked, (n) => n === left, { what: `${left} questions left` })
    await press(chair.page, byTest('consent-grant'))
  }
  await eventually(asked, (n) => n === 0, { what: 'every substitute decided' })
  await commune.page.waitForFunction((s) => /chủ tọa đồng ý/.test(document.querySelector(s)?.textContent), {}, byTest('roll-call-answered'))
  // While the chair looks at each in turn, the one whose turn it is fills the stage.
  await press(chair.page, byTest('roll-call-tour'))
  const toured = await eventually(
    async () => (await welcomeOf(commune.page, meeting)).control.roll_call.tour?.seat, (seat) => halls.units.includes(seat?.split('/')[0]),
    { timeout: 60_000, what: 'the tour at a simulated hall' },
  )
  const number = halls.units.indexOf(toured.split('/')[0])
  await onStage(commune.page, meeting, { ...hall(number), wanted: isMain }).catch(async (problem) => {
    // It stays a few seconds only: the next one's picture says the same.
    const { roll_call: { tour } } = (await welcomeOf(commune.page, meeting)).control
    if (!tour || tour.seat === toured) throw problem
  })
  await press(chair.page, byTest('roll-call-tour'))
  await press(chair.page, byTest('roll-call-close'))
  await press(chair.page, byTest('roll-call-confirm'))
  await there(chair.page, `${byTest('roll-call')}[data-state="closed"]`)
  await gone(commune.page, byTest('roll-call-answered'))
  await press(chair.page, byTest('roll-call-hide'))
  const rows = (await welcomeOf(secretary.page, meeting)).attendance
  assert.equal(rows.find(({ seat }) => seat === COMMUNE).consent, 'granted')
  assert.equal(rows.find(({ seat }) => seat === refused).consent, 'refused')
})

test('three speak by the queue, in the order the secretary gives it', async () => {
  const asking = [0, 1, 2].map((number) => hall(number).seat)
  await eventually(() => queue(secretary.page), (seats) => asking.every((seat) => seats.includes(seat)), { what: 'three in the queue' })
  const [first, second] = await queue(secretary.page)
  await press(secretary.page, `${byTest('floor-queue')} li[data-seat="${second}"] button`)
  await eventually(() => queue(chair.page), ([head]) => head === second, { what: "the new order on the chair's page" })
  for (const seat of [second, first, asking.find((each) => each !== first && each !== second)]) {
    await press(chair.page, `${byTest('floor-queue')} li[data-seat="${seat}"] ${byTest('floor-call')}`)
    await communeHearsOf(seat)
    await onStage(commune.page, meeting, { ...hall(asking.indexOf(seat)), wanted: isMain })
    await eventually(() => commune.page.$eval(byTest('floor-time'), (e) => e.textContent), (said) => said.endsWith('/05:00'), { what: 'its time' })
    await press(chair.page, byTest('floor-end'))
    await communeHearsOf(null)
  }
  assert.deepEqual(await queue(chair.page), [])
})

test('one is called from the list, one by the next item of the agenda: its voice is heard', async () => {
  const { seat } = hall(5)
  await chair.page.focus(byTest('roster'))
  await chair.page.$eval(byTest('roster-search'), (input) => input.focus())
  await chair.page.keyboard.type((await welcomeOf(chair.page, meeting)).sites.find((site) => site.seat === seat).name)
  await there(chair.page, `${byTest('roster-row')}[data-seat="${seat}"]`)
  await press(chair.page, `${byTest('roster-row')}[data-seat="${seat}"] ${byTest('call-site')}`)
  await communeHearsOf(seat)
  await onStage(commune.page, meeting, { ...hall(5), wanted: isMain })
  await press(chair.page, byTest('agenda-next'))
  await communeHearsOf(CHAIR)
  // Said for a few seconds only: watched for from before it is called.
  const onAir = commune.page.waitForFunction((s) => /lên sóng/.test(document.querySelector(s)?.textContent), { timeout: 40_000 }, byTest('floor-given'))
  await press(chair.page, byTest('agenda-next'))
  await communeHearsOf(COMMUNE)
  await eventually(() => microphoneOn(commune.page), (on) => on, { what: 'its microphone opened by the call' })
  await onAir
  await onStage(chair.page, meeting, { seat: COMMUNE, colour: RED, wanted: isMain })
  await eventually(() => receivedTones(secretary.page, [900]), ([level]) => level > -60, { what: "the commune's voice at the secretary" })
})

test('its slides take the stage beside it, and go again', async () => {
  await commune.page.click(byTest('toggle-screen'))
  await eventually(async () => (await welcomeOf(chair.page, meeting)).stage, (stage) => stage.layout === 'slides' && stage.tiles.some(({ kind }) => kind === 'screen'), {
    what: 'slides on the stage',
  })
  // Beside the stage; instead of it on a line that a busy test machine makes too weak for both.
  for (const { page } of [chair, secretary])
    await eventually(
      () => page.evaluate(
        (picture, line) => document.querySelector(picture).checkVisibility() || ['180p', 'slides'].includes(document.querySelector(line)?.dataset.level),
        byTest('second-picture'), byTest('own-line')),
      Boolean, { what: 'the slides on the page' })
  await commune.page.click(byTest('toggle-screen'))
  await eventually(async () => (await welcomeOf(chair.page, meeting)).stage.layout, (layout) => layout !== 'slides', { what: 'the stage without slides' })
})

test('over its time it is said so on every page', async () => {
  // Called again with one second: what a chair's page does not offer, but a tool may.
  await chair.page.evaluate(
    (seat) => {
      const socket = window.__sockets.findLast((each) => each.readyState === WebSocket.OPEN)
      socket.send(JSON.stringify({ type: 'floor.end', id: 9001 }))
      socket.send(JSON.stringify({ type: 'floor.call', id: 9002, seat, seconds: 1 }))
    }, COMMUNE)
  for (const { page } of [chair, secretary, commune]) {
    await there(page, `${byTest('floor-time')}[data-over="true"]`)
    assert.match(await text(page, 'floor-time'), /^Quá giờ 00:\d\d$/)
  }
  await press(commune.page, byTest('floor-end'))
  await communeHearsOf(null)
  await eventually(() => microphoneOn(commune.page), (on) => !on, { what: 'its microphone closed again' })
})

async function openVote(question, secret) {
  await press(chair.page, byTest('vote-new'))
  await there(chair.page, byTest('vote-draft'))
  await chair.page.type(`${byTest('vote-draft')} input[name="question"]`, question)
  if (secret) await chair.page.click(`${byTest('vote-draft')} input[name="secret"]`)
  await press(chair.page, byTest('vote-open'))
}
async function announce(number, voted) {
  const vote = `${byTest('vote')}[data-number="${number}"]`
  await chair.page.waitForFunction((s, n) => document.querySelector(s)?.textContent.includes(`${n}/266`), { timeout: 40_000 }, vote, voted)
  await press(chair.page, byTest('vote-close'))
  await press(chair.page, byTest('vote-announce'))
  await there(commune.page, byTest('vote-result'))
  return commune.page.$$eval(`${byTest('vote-result')} dd`, (counts) => counts.map((count) => Number(count.textContent)))
}
async function cast(choice, number) {
  await there(commune.page, `${byTest('vote')}[data-number="${number}"] ${byTest('vote-ballot')}`)
  await commune.page.click(`${byTest('vote-ballot')} input[value="${choice}"]`)
  await commune.page.click(byTest('vote-cast'))
}

test('a named vote of 25 sites: who chose what stands under the sum, and the quorum is not met', async () => {
  await openVote('Thông qua kế hoạch CCHC quý IV', false)
  await cast('disagree', 1)
  assert.deepEqual(await announce(1, SITES + 1), [18, 4, 3], 'of eight halls one is against and one is its own; and the commune')
  assert.match(await text(commune.page, 'vote'), /Không đủ tỷ lệ tham gia \(50%\)/)
  const ballots = (await welcomeOf(commune.page, meeting)).control.vote.ballots
  assert.equal(ballots.find(({ seat }) => seat === COMMUNE).disagree, 1)
  assert.equal(ballots.find(({ seat }) => seat === hall(7).seat).other, 1)
})

test('a secret vote: the log knows who voted and the sum, nothing that ties one to the other', async () => {
  await openVote('Bỏ phiếu giới thiệu', true)
  await cast('agree', 2)
  assert.deepEqual(await announce(2, SITES + 1), [19, 3, 3])
  const { events } = await secretary.page.evaluate(async (id) => (await fetch(`/api/v1/meetings/${id}/events?limit=1000`)).json(), meeting)
  const voted = events.filter(({ kind, data }) => kind === 'vote.voted' && data.vote === 2)
  assert.equal(voted.length, SITES + 1)
  assert.ok(voted.every(({ data }) => Object.keys(data).sort().join() === 'seat,vote'))
  assert.equal(events.some(({ kind, data }) => kind === 'vote.cast' && data.vote === 2), false)
})

test('sent out of the locked room, the commune is told so, leaves the stage and comes back when it may', async () => {
  await press(chair.page, byTest('lock-room'))
  await there(chair.page, `${byTest('lock-room')}[aria-pressed="true"]`)
  await chair.page.$eval(byTest('roster-search'), (input) => {
    input.value = ''
    input.dispatchEvent(new Event('input'))
    input.focus()
  })
  await chair.page.keyboard.type('Cam Thuong')
  await press(chair.page, `${byTest('roster-row')}[data-seat="${COMMUNE}"] ${byTest('remove-site')}`)
  await there(commune.page, `${byTest('ending')}[data-ending="removed"]`)
  await eventually(async () => (await welcomeOf(chair.page, meeting)).stage.tiles, (tiles) => tiles.every(({ seat }) => seat !== COMMUNE), { what: 'no tile of it' })
  await press(chair.page, `${byTest('removed')} [data-seat="${COMMUNE}"] ${byTest('restore')}`)
  await gone(chair.page, byTest('removed'))
  const returning = enter(commune.page, server.url, commune.token)
  await there(commune.page, byTest('lobby'))
  await press(chair.page, `${byTest('waiting')} [data-seat="${COMMUNE}"] button`)
  await returning
  await press(chair.page, byTest('lock-room'))
  assert.equal(await holder(commune.page), null)
})

test('adjourned, resumed and closed: every page says that it is over, and the log holds the whole course', async () => {
  await step('adjourned')
  await eventually(async () => (await welcomeOf(commune.page, meeting)).control.room.state, (state) => state === 'adjourned', { what: 'the pause' })
  await step('open')
  await step('closed')
  for (const { page } of [chair, secretary, commune]) await there(page, `${byTest('ending')}[data-ending="ended"]`)
  const { events } = await secretary.page.evaluate(async (id) => (await fetch(`/api/v1/meetings/${id}/events?limit=1000`)).json(), meeting)
  const kinds = new Set(events.map(({ kind }) => kind))
  for (const kind of ['roll_call.closed', 'floor.given', 'floor.reordered', 'vote.announced', 'room.locked', 'room.removed', 'room.restored'])
    assert.ok(kinds.has(kind), `${kind} among ${[...kinds].join(' ')}`)
  assert.equal(events.filter(({ kind }) => kind === 'floor.given').length, 7)
})
