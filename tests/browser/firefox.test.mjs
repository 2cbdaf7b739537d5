// Firefox ESR has no H.264: it meets Chromium's H.264 in one stage by VP8, both ways.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { byTest, chromium, enter, eventually, firefox, openPage, stageColours, welcomeOf } from './support/browsers.mjs'
import { colourCamera, tone } from './support/cameras.mjs'
import { closeAll } from './support/close.mjs'
import { hostAddress, Server } from './support/server.mjs'

const skip = hostAddress() ? false : 'Firefox does not connect to loopback, and this machine has no other address'
let server, meeting, chair, room

before(async () => {
  if (skip) return
  server = await Server.start()
  meeting = await server.createMeeting({ title: 'Giao ban', expect: 'HD,HD-300' })
  chair = { browser: await chromium({ camera: await colourCamera('red'), microphone: await tone(600) }) }
  chair.page = await openPage(chair.browser)
  await enter(chair.page, server.url, await server.token(meeting, 'HD', 'chair'))
  room = { browser: await firefox() }
  room.page = await openPage(room.browser)
  await enter(room.page, server.url, await server.token(meeting, 'HD-300', 'site'))
})

after(() => closeAll(chair?.browser, room?.browser, server))

const middleOf = (tile) => ({ x: tile.x + tile.w / 2, y: Math.round(tile.y + tile.h * 0.4) })

test('Firefox sees the stage in VP8 with the red room where the layout says', { skip }, async () => {
  await chair.page.select(byTest('layout-select'), 'grid')
  const welcome = await eventually(
    () => welcomeOf(chair.page, meeting),
    (w) => w.stage.tiles.length === 2 && w.stage.tiles.every((t) => t.state === 'live'),
    { what: 'two live tiles' },
  )
  const red = welcome.stage.tiles.find((t) => t.seat === 'HD/chair')
  await eventually(
    () => stageColours(room.page, [middleOf(red)]),
    ([c]) => c[0] > 170 && c[1] < 100 && c[2] < 100,
    { what: 'red in its tile in Firefox' },
  )
  // Its statistics come after its picture.
  await eventually(
    () => room.page.evaluate(async () => {
      const stats = await window.__diemcau.peer.getStats()
      const shown = [...stats.values()].find((each) => each.type === 'inbound-rtp' && each.kind === 'video' && each.framesDecoded > 0)
      return stats.get(shown?.codecId)?.mimeType ?? ''
    }),
    (mime) => /VP8/i.test(mime),
    { what: 'VP8 in its statistics' },
  )
})

test('Firefox hears the chair', { skip }, async () => {
  await chair.page.evaluate((s) => document.querySelector(s).click(), byTest('toggle-microphone'))
  // In headless Firefox an AudioContext stays suspended: its own energy counter is asked.
  const energy = () =>
    room.page.evaluate(async () => {
      for (const report of (await window.__diemcau.peer.getStats()).values())
        if (report.type === 'inbound-rtp' && report.kind === 'audio') return report.totalAudioEnergy ?? 0
      return 0
    })
  const before = await energy()
  await eventually(energy, (e) => e > before + 0.01, { what: 'energy in the received sound' })
})

test("the chair sees Firefox's camera move on the stage", { skip }, async () => {
  const welcome = await welcomeOf(chair.page, meeting)
  const tile = welcome.stage.tiles.find((t) => t.seat === 'HD-300/site')
  const first = JSON.stringify(await stageColours(chair.page, [middleOf(tile)]))
  // Firefox's fake camera runs through the colours.
  await eventually(() => stageColours(chair.page, [middleOf(tile)]), (now) => JSON.stringify(now) !== first, {
    what: 'another colour',
  })
})
