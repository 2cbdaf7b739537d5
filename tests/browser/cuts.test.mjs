// A site is cut off in the middle of its speech: by its line, by a new address, by a reload, by a
// killed server. Each time it is back in its role, with floor, timer, microphone and stage as they
// were; how long that takes from the moment the way is free is printed.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { byTest, chromium, enter, eventually, openPage, receivedTones, welcomeOf } from './support/browsers.mjs'
import { colourCamera, tone } from './support/cameras.mjs'
import { closeAll } from './support/close.mjs'
import { Namespace, noNamespaces } from './support/namespace.mjs'
import { Server } from './support/server.mjs'
import { isMain, onStage } from './support/stage.mjs'

const SEAT = 'HD-10507/site'
const RED = [254, 0, 0]
const CUT_MS = 30_000
const skip = noNamespaces()
if (skip) console.error(`SKIPPED: ${skip}`)
let net, server, meeting, chair, site

before(async () => {
  if (skip) return
  net = new Namespace()
  const { cert, key } = net.certificate()
  server = await Server.start({ address: net.server, extra: ['--tls-cert', cert, '--tls-key', key] })
  meeting = await server.createMeeting({ title: 'Họp qua đường truyền hay đứt' })
  const extra = ['--ignore-certificate-errors']
  chair = { browser: await chromium({ camera: await colourCamera('green'), extra }) }
  chair.page = await openPage(chair.browser)
  await enter(chair.page, server.url, await server.token(meeting, 'HD', 'chair'))
  site = { browser: await chromium({ camera: await colourCamera('red'), microphone: await tone(900), extra, executablePath: net.chromium }) }
  site.page = await openPage(site.browser)
  await enter(site.page, server.url, await server.token(meeting, 'HD-10507', 'site'))
  await site.page.click(byTest('floor-request'))
  await chair.page.waitForSelector(byTest('floor-call'), { timeout: 20_000 })
  await chair.page.click(byTest('floor-call'))
  await whole()
})

after(() => closeAll(chair?.browser, site?.browser, server, net))

const elapsed = (page) => page.$eval(byTest('floor-time'), (e) => {
  const [, minutes, seconds] = /^(\d\d):(\d\d)\/05:00$/.exec(e.textContent.trim()) ?? []
  return 60 * Number(minutes) + Number(seconds)
})

/** The site's own page: in its role, sound and picture coming, floor and microphone its own. */
const siteIsBack = () =>
  site.page.waitForFunction(
    (state, holder, microphone, video, seat) => {
      const [at, floor, button, stage] = [state, holder, microphone, video].map((s) => document.querySelector(s))
      return at?.dataset.state === 'live' && floor?.dataset.seat === seat && button?.dataset.on === 'true' && stage?.videoWidth > 0 &&
        window.__diemcau.peer && window.__diemcau.peer !== window.__former && window.__diemcau.peer.connectionState === 'connected'
    },
    { timeout: 40_000, polling: 50 },
    byTest('connection-state'), byTest('floor-holder'), byTest('toggle-microphone'), byTest('stage-video'), SEAT)

/** Everything as it is while it speaks: its page, the stage in the chair's page, its voice there. */
async function whole() {
  await siteIsBack()
  await onStage(chair.page, meeting, { seat: SEAT, colour: RED, wanted: (tile, stage) => isMain(tile, stage) && tile.floor })
  await eventually(() => receivedTones(chair.page, [900]), ([level]) => level > -60, { what: 'its voice at the chair' })
}

/** `free`: resolves when the way is free. */
async function back(name, free) {
  const before = { seconds: await elapsed(chair.page), at: Date.now() }
  await site.page.evaluate(() => (window.__former = window.__diemcau.peer))
  await free()
  const from = Date.now()
  await siteIsBack()
  const took = Date.now() - from
  console.log(JSON.stringify({ figure: `back_after.${name}`, value: took, unit: 'ms' }))
  await whole()
  const passed = (Date.now() - before.at) / 1000
  const ran = (await elapsed(chair.page)) - before.seconds
  assert.ok(Math.abs(ran - passed) < 4, `its time ran on: ${ran} s of ${passed.toFixed(0)} s`)
}

test('a line cut for 30 s', { skip, timeout: 120_000 }, () =>
  back('cut', async () => {
    const from = Date.now()
    net.cut()
    await eventually(async () => (await welcomeOf(chair.page, meeting)).sites.find(({ seat }) => seat === SEAT).state, (state) => state !== 'connected', {
      timeout: 40_000, what: 'the chair sees that it is gone',
    })
    await eventually(() => Date.now() - from, (ms) => ms >= CUT_MS, { timeout: 2 * CUT_MS, what: 'thirty seconds' })
    net.mend()
  }))

test('another address', { skip, timeout: 120_000 }, () => back('address', async () => net.changeAddress()))

test('a reload of its page', { skip, timeout: 120_000 }, () =>
  back('reload', () => site.page.reload({ waitUntil: 'domcontentloaded' })))

test('a server killed and started again', { skip, timeout: 120_000 }, () =>
  back('restart', async () => {
    await server.kill()
    await server.restart()
  }))
