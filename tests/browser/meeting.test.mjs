// Three rooms in three browsers: each sees every site where the layout says, hears the two others
// and not itself, and what was recorded plays.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { byTest, chromium, enter, eventually, openPage, receivedTones, stageColours, stageMotion, welcomeOf } from './support/browsers.mjs'
import { colourCamera, footageCamera, mediaFolder, tone } from './support/cameras.mjs'
import { closeAll } from './support/close.mjs'
import { Server } from './support/server.mjs'

const run = promisify(execFile)
const sites = [
  { unit: 'HD', role: 'chair', name: 'UBND tỉnh Hải Dương', camera: () => colourCamera('red'), tone: 500 },
  { unit: 'HD-300', role: 'site', name: 'UBND huyện Thanh Miện', camera: footageCamera, tone: 900 },
  { unit: 'HD-11254', role: 'site', name: null, camera: () => colourCamera('blue'), tone: 1600 },
]
let server, meeting

before(async () => {
  server = await Server.start()
  const units = await (await server.api('/api/v1/units', { token: await anyToken() })).json()
  const listed = (units.units ?? units).filter((u) => u.parent === 'HD-300')
  sites[2].unit = listed[0].code
  meeting = await server.createMeeting({
    title: 'Hội nghị đánh giá công tác CCHC quý III',
    expect: sites.map((s) => s.unit).join(','),
  })
  for (const site of sites) {
    site.token = await server.token(meeting, site.unit, site.role)
    site.browser = await chromium({ camera: await site.camera(), microphone: await tone(site.tone) })
    site.page = await openPage(site.browser)
    await enter(site.page, server.url, site.token)
    await site.page.evaluate((s) => {
      const button = document.querySelector(s)
      if (button.dataset.on !== 'true') button.click()
    }, byTest('toggle-microphone'))
  }
})

async function anyToken() {
  const id = await server.createMeeting({ title: 'Chạy thử' })
  return server.token(id, 'HD', 'viewer')
}

after(() => closeAll(...sites.map((site) => site.browser), server))

test('every site stands where the layout says', async () => {
  const chair = sites[0].page
  await chair.select(byTest('layout-select'), 'grid')
  const welcome = await eventually(
    () => welcomeOf(chair, meeting),
    (w) => w.stage.layout === 'grid' && w.stage.tiles.length === 3 && w.stage.tiles.every((t) => t.state === 'live'),
    { what: 'a grid of three live tiles' },
  )
  const tile = Object.fromEntries(welcome.stage.tiles.map((t) => [t.seat.split('/')[0], t]))
  const middle = (t) => ({ x: t.x + t.w / 2, y: Math.round(t.y + t.h * 0.4) })
  for (const site of sites) {
    const [red, blue] = await eventually(
      () => stageColours(site.page, [middle(tile[sites[0].unit]), middle(tile[sites[2].unit])]),
      ([r, b]) => r[0] > 180 && r[2] < 90 && b[2] > 180 && b[0] < 90,
      { what: `red and blue in their tiles at ${site.unit}` },
    )
    assert.ok(red[1] < 90 && blue[1] < 90)
    const t = tile[sites[1].unit]
    const moving = await stageMotion(site.page, { x: t.x + 8, y: t.y + 40, w: t.w - 16, h: t.h - 100 })
    assert.ok(moving > 0.5, `people walk in the second tile at ${site.unit} (${moving.toFixed(2)})`)
  }
})

test('every site hears the two others and not itself', async () => {
  const tones = sites.map((s) => s.tone)
  for (const [self, site] of sites.entries()) {
    const levels = await eventually(
      () => receivedTones(site.page, tones),
      (l) => l.every((v, i) => (i === self ? true : v > -60)),
      { what: `the two others at ${site.unit}` },
    )
    const weakest = Math.min(...levels.filter((_, i) => i !== self))
    assert.ok(levels[self] < weakest - 30, `own tone ${levels[self].toFixed(1)} dB, others from ${weakest.toFixed(1)} dB`)
  }
})

test('Vietnamese names are shown right', async () => {
  for (const site of sites) {
    const names = await site.page.$$eval(byTest('roster-row'), (rows) => rows.map((r) => r.textContent.normalize('NFC')))
    for (const wanted of ['UBND tỉnh Hải Dương', 'UBND huyện Thanh Miện'])
      assert.ok(names.some((n) => n.includes(wanted)), `${wanted} among ${JSON.stringify(names)}`)
  }
})

test('the recording plays and seeks', { timeout: 120_000 }, async () => {
  const { token, page } = sites[0]
  const started = await server.api(`/api/v1/meetings/${meeting}/recording`, { token, method: 'POST' })
  assert.equal(started.status, 201)
  const { id } = await started.json()
  const from = Date.now()
  await eventually(
    () => page.$eval(byTest('recording-time'), (e) => e.textContent),
    (text) => /0?0:(00:)?[12]\d/.test(text) && Date.now() - from >= 12_000,
    { timeout: 60_000, what: 'twelve seconds on the page' },
  )
  const stopped = await server.api(`/api/v1/meetings/${meeting}/recording`, { token, method: 'DELETE' })
  assert.ok(stopped.ok, `DELETE answers ${stopped.status}`)
  const wall = (Date.now() - from) / 1000

  const media = await server.api(`/api/v1/recordings/${id}/media`, { token })
  assert.equal(media.status, 200)
  const file = join(mediaFolder(), 'meeting.mp4')
  await writeFile(file, Buffer.from(await media.arrayBuffer()))
  const { stdout } = await run('ffprobe', ['-v', 'error', '-show_entries', 'stream=codec_name:format=duration', '-of', 'json', file])
  const probed = JSON.parse(stdout)
  assert.deepEqual(probed.streams.map((s) => s.codec_name).sort(), ['aac', 'h264'])
  assert.ok(Math.abs(Number(probed.format.duration) - wall) < 0.5, `length ${probed.format.duration} s, wall ${wall} s`)
  const broken = await run('ffmpeg', ['-v', 'error', '-i', file, '-f', 'null', '-'])
  assert.equal(broken.stderr, '')

  const player = await openPage(sites[0].browser)
  await player.goto(`${server.url}/recordings/${id}`)
  await player.waitForSelector(byTest('player-video'))
  const played = await player.evaluate(async (s) => {
    const video = document.querySelector(s)
    video.muted = true
    await video.play()
    await new Promise((next) => video.requestVideoFrameCallback(next))
    const seeked = new Promise((next) => video.addEventListener('seeked', next, { once: true }))
    video.currentTime = 8
    await seeked
    return { at: video.currentTime, duration: video.duration, width: video.videoWidth, error: video.error?.message }
  }, byTest('player-video'))
  assert.equal(played.error, undefined)
  assert.equal(played.width, 1280)
  assert.ok(Math.abs(played.at - 8) < 1.5 && played.duration > 10, JSON.stringify(played))
  await player.close()
})

test('a cut WebSocket comes back by itself to the same seat', async () => {
  const { page } = sites[1]
  const before = await welcomeOf(page, meeting)
  await server.kill()
  await server.restart()
  await eventually(
    () => welcomeOf(page, meeting).catch(() => null),
    (w) => w !== null && w.sites.filter((s) => s.state === 'connected').length === 3,
    { timeout: 30_000, what: 'three sites connected again' },
  )
  const again = await welcomeOf(page, meeting)
  assert.deepEqual(again.sites.map((s) => s.seat), before.sites.map((s) => s.seat))
})
