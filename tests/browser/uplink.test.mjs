// What a site sends, counted by the browser itself: next to nothing off the stage, a thumbnail
// while somebody looks at the wall, the whole picture once it is called.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { byTest, chromium, enter, eventually, firefox, openPage, stageColours } from './support/browsers.mjs'
import { colourCamera, halfFootageCamera } from './support/cameras.mjs'
import { closeAll } from './support/close.mjs'
import { hostAddress, Server } from './support/server.mjs'

const noFirefox = hostAddress() ? false : 'Firefox does not connect to loopback, and this machine has no other address'
const unit = 'HD-300'
const rooms = [
  { browserName: 'chromium', unit, launch: async () => chromium({ camera: await halfFootageCamera('blue') }) },
  ...(noFirefox ? [] : [{ browserName: 'firefox', unit: 'HD-SNV', launch: firefox }]),
]
let server, chair

before(async () => {
  server = await Server.start()
  const meeting = await server.createMeeting({ title: 'Giao ban', expect: `HD,${rooms.map((r) => r.unit).join(',')}` })
  chair = { browser: await chromium({ camera: await colourCamera('red') }) }
  chair.page = await openPage(chair.browser)
  await enter(chair.page, server.url, await server.token(meeting, 'HD', 'chair'))
  for (const room of rooms) {
    room.browser = await room.launch()
    room.page = await openPage(room.browser)
    await enter(room.page, server.url, await server.token(meeting, room.unit, 'site'))
  }
  // The chair alone fills the stage; the rooms are off it.
  await chair.page.select(byTest('layout-select'), 'single')
})

after(() => closeAll(...rooms.map((room) => room.browser), chair?.browser, server))

/** What this page has sent until now: bytes with RTP headers of each stream, and the size of its picture. */
const sent = (page) =>
  page.evaluate(async () => {
    const report = [...(await window.__diemcau.peer.getStats()).values()]
    const streams = report
      .filter((each) => each.type === 'outbound-rtp')
      .map(({ kind, mid, rid, ssrc, bytesSent = 0, headerBytesSent = 0, packetsSent = 0, framesEncoded, frameWidth, frameHeight }) =>
        ({ kind, mid, rid, ssrc, bytes: bytesSent + headerBytesSent, packets: packetsSent, framesEncoded, frameWidth, frameHeight }))
    const all = report.find((each) => each.type === 'transport' && each.bytesSent > 0)?.bytesSent
    return { at: performance.now(), streams, all }
  })
const camera = (report, rid) => report.streams.find((each) => each.rid === rid)
const rtp = (report) => report.streams.reduce((sum, each) => sum + each.bytes, 0)

/** kbit/s this page sends over five seconds, after the uplink became quiet: all of its media, and with RTCP where the browser tells it. */
async function uplinkOf(page, name) {
  const before = await sent(page)
  const after = await eventually(() => sent(page), (now) => now.at - before.at > 5000, { what: 'five seconds' })
  const rate = (bytes) => (8 * bytes) / (after.at - before.at)
  const media = rate(rtp(after) - rtp(before))
  const all = after.all === undefined ? undefined : rate(after.all - before.all)
  for (const [what, value] of Object.entries({ media, all }))
    if (value !== undefined)
      console.log(JSON.stringify({ figure: `uplink.${name}.${what}`, value: Math.round(value * 10) / 10, unit: 'kbit/s' }))
  const heard = after.streams.filter((s) => s.kind === 'audio').reduce((sum, s) => sum + s.packets, 0)
    - before.streams.filter((s) => s.kind === 'audio').reduce((sum, s) => sum + s.packets, 0)
  return { media, all, heard, before, after }
}

/** Until no frame of this layer was encoded between two looks a second apart. */
async function still(page, rid) {
  let last = null
  await eventually(
    async () => {
      const now = await sent(page)
      const quiet = last !== null && now.at - last.at > 1000 ? camera(now, rid)?.packets === camera(last, rid)?.packets : null
      if (last === null || quiet !== null) last = now
      return quiet
    },
    (quiet) => quiet === true,
    { what: `no more packets of layer ${rid}` },
  )
}

for (const room of rooms) {
  test(`${room.browserName}: a site off the stage with its microphone off sends at most 10 kbit/s`, async () => {
    await still(room.page, 'h')
    const { media, all, heard } = await uplinkOf(room.page, `${room.browserName}.off_stage`)
    assert.equal(heard, 0, 'not a packet of sound while the microphone is off')
    assert.ok((all ?? media) <= 10, `${(all ?? media).toFixed(1)} kbit/s`)
  })
}

test('the wall is opened: each site off the stage sends its thumbnail, at most 60 kbit/s', async () => {
  await chair.page.click(byTest('wall-open'))
  for (const room of rooms) {
    await eventually(() => sent(room.page), (now) => camera(now, 'l')?.framesEncoded > 5, { what: `thumbnails of ${room.browserName}` })
    const { media, all, before, after } = await uplinkOf(room.page, `${room.browserName}.wall`)
    const small = camera(after, 'l')
    assert.ok(small.frameWidth <= 160 && small.frameHeight <= 120, `${small.frameWidth}×${small.frameHeight}`)
    assert.equal(camera(after, 'h')?.packets, camera(before, 'h')?.packets, 'nothing of the large layer')
    assert.ok((all ?? media) <= 60, `${(all ?? media).toFixed(1)} kbit/s from ${room.browserName}`)
  }
})

test('called to the stage from the wall, a site shows its whole picture', async () => {
  const [room] = rooms
  const tile = `${byTest('wall-tile')}[data-seat="${unit}/site"]`
  await chair.page.click(tile)
  await chair.page.click(byTest('wall-pin'))
  await eventually(
    () => stageColours(chair.page, [{ x: 100, y: 200 }, { x: 540, y: 400 }]),
    (colours) => colours.every(([r, g, b]) => b > 150 && r < 90 && g < 90),
    { what: 'its blue camera all over the stage' },
  )
  const report = await eventually(() => sent(room.page), (now) => camera(now, 'h')?.frameHeight === 720, { what: '720 lines from it' })
  assert.equal(camera(report, 'h').frameWidth, 1280)
})

test('let go again it falls silent', async () => {
  const [room] = rooms
  await chair.page.click(`${byTest('wall-tile')}[data-seat="${unit}/site"]`)
  await chair.page.click(byTest('wall-pin'))
  await chair.page.click(byTest('wall-close'))
  await still(room.page, 'h')
  await still(room.page, 'l')
  const { media, all } = await uplinkOf(room.page, 'chromium.after_stage')
  assert.ok((all ?? media) <= 10, `${(all ?? media).toFixed(1)} kbit/s`)
})
