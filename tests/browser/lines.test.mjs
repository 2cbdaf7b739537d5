// Real browsers on poor lines: what came is counted by RTP timestamps, what was heard by the
// browser's own statistics. One browser sits behind the line, the chair's in the clear.
// DIEMCAU_SCREENSHOTS=DIR keeps the picture of the line of 300 kbit/s (docs/screenshots).
import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { byTest, chromium, enter, eventually, openPage, stageColours } from './support/browsers.mjs'
import { colourCamera, footageCamera, tone } from './support/cameras.mjs'
import { closeAll } from './support/close.mjs'
import { bringSlides } from './support/lectern.mjs'
import { figure, judgeSound, level, longestStep, takeReceived, timeline, watchReceived } from './support/received.mjs'
import { PoorLine } from './support/poor_line.mjs'
import { Server } from './support/server.mjs'

const good = { rate: 5_000_000, buffer: 125_000, delay: 20 }
const line = await PoorLine.open(3)
const skip = line === null && 'no poor line can be made here'
let server, meeting, near, far, unit
let presenting = false

before(async () => {
  if (!line) return
  server = await Server.start({ address: line.near, extra: ['--behind-proxy'] })
  meeting = await server.createMeeting({ title: 'Hội nghị qua đường truyền yếu', chair: 'HD-300' })
  const units = await (await server.api('/api/v1/units', { token: await server.token(meeting, 'HD', 'viewer') })).json()
  unit = (units.units ?? units).find((u) => u.parent === 'HD-300').code
  near = await room({ camera: await footageCamera(), microphone: await tone(500) })
  near.page = await openPage(near)
  await watchReceived(near.page)
  await bringSlides(near.page)
  await enter(near.page, server.url, await server.token(meeting, 'HD-300', 'chair'))
  await speak(near.page)
})

after(() => closeAll(far, near, server, line))

const room = (options) =>
  chromium({ ...options, extra: [`--unsafely-treat-insecure-origin-as-secure=${server.url}`] })

/** In one step each time: the page may draw its buttons anew at any moment. */
const microphone = (page, wanted) =>
  eventually(() => page.$eval(byTest('toggle-microphone'), (button, wanted) => {
    const on = button.dataset.on === 'true'
    if (on !== wanted) button.click()
    return on
  }, wanted).catch(() => !wanted), (on) => on === wanted, { what: `a microphone ${wanted ? 'open' : 'closed'}` })
const speak = (page) => microphone(page, true)
const silence = (page) => microphone(page, false)

/** Bits a second the page allows its microphone, 0 while it is free. */
const limitOfSound = (page) =>
  page.evaluate(() => {
    const sender = window.__diemcau.peer.getSenders().find(({ track }) => track?.kind === 'audio')
    return sender?.getParameters().encodings[0]?.maxBitrate ?? 0
  })
/** Whether its camera sends a picture. */
const cameraSends = (page) =>
  page.evaluate(() => {
    const sender = window.__diemcau.peer.getSenders().find(({ track }) => track?.kind === 'video')
    return sender?.getParameters().encodings.some(({ active }) => active) ?? false
  })
/** Seconds to the server and back, as the browser measured last. */
const roundTrip = (page) =>
  page.evaluate(async () => {
    const stats = [...(await window.__diemcau.peer.getStats()).values()]
    return stats.find(({ type, nominated }) => type === 'candidate-pair' && nominated)?.currentRoundTripTime
  })

/** A new browser at the far end of the line, in the meeting. */
async function comeIn(who, role, camera = colourCamera('blue')) {
  await far?.close()
  far = await room({ executablePath: line.browser, camera: await camera, microphone: await tone(900) })
  far.page = await openPage(far)
  await watchReceived(far.page)
  await enter(far.page, server.url, await server.token(meeting, who, role))
  return far.page
}

const metric = async (name) =>
  (await (await server.api('/metrics')).text())
    .split('\n')
    .filter((row) => row.startsWith(name))
    .reduce((sum, row) => sum + Number(row.split(' ').at(-1)), 0)

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
const after32 = (a, b) => (a - b) | 0
const LATE = 1

/**
 * Everything the page receives until it heard so many seconds more, by RTP time. Sound of that time
 * only, with what of it came within a second after it: a packet sent again may be the first or the
 * last to come, and is no gap between its neighbours.
 */
async function listen(page, seconds) {
  const heard = (await takeReceived(page)).sound
  const all = { sound: [], picture: [] }
  let from = heard.length > 0 ? heard.map((f) => f.timestamp).reduce((a, b) => (after32(b, a) > 0 ? b : a)) : undefined
  let first
  const answer = await eventually(
    async () => {
      const more = await takeReceived(page)
      first ??= more.stats.audio
      from ??= more.sound[0]?.timestamp
      all.sound.push(...more.sound)
      all.picture.push(...more.picture)
      return { ...more, ...all, before: first }
    },
    ({ sound }) => sound.some((f) => after32(f.timestamp, from) >= (seconds + LATE) * 48_000),
    { timeout: (seconds + LATE) * 1000 + 20_000, what: `${seconds} s of sound` },
  )
  const within = ({ timestamp }) => after32(timestamp, from) >= 0 && after32(timestamp, from) <= seconds * 48_000
  return { ...answer, sound: answer.sound.filter(within) }
}

/** Of what the server decodes in so many seconds while this page alone speaks, the share it makes up. */
async function madeUp(page, seconds) {
  const made = await metric('diemcau_audio_concealed_samples_total')
  const spoken = judgeSound((await listen(page, seconds)).sound).frames
  return ((await metric('diemcau_audio_concealed_samples_total')) - made) / (spoken * 960)
}

const share = (key, { before, stats }) =>
  (stats.audio[key] - before[key]) / (stats.audio.totalSamplesReceived - before.totalSamplesReceived)

test('30 % of all packets lost both ways: the meeting is heard', { skip }, async () => {
  await line.both(good)
  const page = await comeIn(unit, 'site')
  await line.both({ loss: 0.3, delay: 50, jitter: 30 })
  await listen(page, 12) // jitter buffers learn the line
  // Loss is chance: seven in a row are bound to come at times. Five stretches, and their medians.
  const stretches = []
  for (let i = 0; i < 5; ++i) stretches.push(await listen(page, 6))
  const judged = stretches.map((heard) => ({
    ...judgeSound(heard.sound),
    concealed: share('concealedSamples', heard),
    silent: share('silentConcealedSamples', heard),
  }))
  const of = (pick) => median(judged.map(pick))
  const sound = { recovered: of((j) => j.recovered), longestGap: of((j) => j.longestGap), unmade: of((j) => j.unmade), late: { p99: of((j) => j.late.p99) } }
  const concealed = of((j) => j.concealed)
  const silent = of((j) => j.silent)

  // Then the room speaks, and nobody else: what is made up is its sound.
  await silence(near.page)
  await speak(page)
  await listen(page, 5)
  const concealedUp = await madeUp(page, 20)
  await speak(near.page)

  figure('sound_at_30_loss.frames_recovered', sound.recovered, 'ratio')
  figure('sound_at_30_loss.longest_gap', sound.longestGap, 'ms')
  figure('sound_at_30_loss.frames_unmade', sound.unmade, 'count')
  figure('sound_at_30_loss.late_p99', sound.late.p99, 'ms')
  figure('sound_at_30_loss.concealed_by_browser', concealed, 'ratio')
  figure('sound_at_30_loss.silent_in_browser', silent, 'ratio')
  figure('sound_at_30_loss.uplink_concealed', concealedUp, 'ratio')
  console.log(JSON.stringify({ gaps: judged.map((j) => j.longestGap), concealed: judged.map((j) => j.concealed), levels: stretches.at(-1).levels.map((l) => l.level), line: await line.counts() }))
  assert.ok(sound.recovered >= 0.95, `${sound.recovered} of the frames came`)
  assert.ok(sound.longestGap <= 60, `${sound.longestGap} ms are missing in a row`)
  assert.ok(concealed <= 0.05, `${concealed} of what was played was made up`)
  assert.ok(concealedUp <= 0.08, `${concealedUp} of what the room said was made up`)
})

test('a line that drops from 5 Mbit/s to 300 kbit/s: sound goes on, the picture is back, and no other room notices', { skip }, async () => {
  await line.both(good)
  const page = await comeIn('HD', 'secretary')
  await eventually(() => page.$eval(byTest('stage-video'), (v) => v.videoWidth), (w) => w === 1280, { what: '720p' })
  await listen(page, 8)
  await takeReceived(near.page)
  const whole = listen(page, 20)
  await listen(near.page, 3)
  const dropped = Date.now()
  await line.both({ ...good, rate: 300_000, buffer: 15_000 })
  const heard = await whole
  const other = await takeReceived(near.page)

  const sound = judgeSound(heard.sound)
  const picture = timeline(heard.picture)
  const last = picture.findLast((f) => f.at <= dropped)
  const lower = picture.find((f) => f.seconds > last.seconds && f.width < last.width)
  const lastHigh = picture.findLast((f) => f.width === last.width && f.seconds < lower?.seconds)
  const after = picture.filter((f) => f.seconds >= lower?.seconds)
  figure('line_drop.frames_recovered', sound.recovered, 'ratio')
  figure('line_drop.longest_sound_gap', sound.longestGap, 'ms')
  figure('line_drop.frames_unmade', sound.unmade, 'count')
  figure('line_drop.sound_late_most', sound.late.most, 'ms')
  figure('line_drop.concealed_by_browser', share('concealedSamples', heard), 'ratio')
  figure('line_drop.silent_in_browser', share('silentConcealedSamples', heard), 'ratio')
  figure('line_drop.picture_away', (lower?.seconds ?? Infinity) - lastHigh?.seconds, 's')
  figure('line_drop.lower_rendition_after_drop', (lower?.seconds ?? Infinity) - last.seconds, 's')
  figure('line_drop.lower_rendition_after_drop_by_clock', ((lower?.at ?? Infinity) - dropped) / 1000, 's')
  figure('line_drop.longest_wait_between_pictures', longestStep(picture), 's')
  figure('line_drop.freezes', heard.stats.video.freezeCount, 'count')
  console.log(JSON.stringify({
    levels: heard.levels.map((l) => [l.level, l.at - dropped]), line: await line.counts(),
    sizes: [...new Set(picture.map((f) => f.height).filter(Boolean))],
  }))
  assert.ok(sound.longestGap <= 60, `${sound.longestGap} ms of sound are missing in a row`)
  assert.ok(lower, 'a lower rendition came')
  assert.ok(lower.seconds - last.seconds <= 2, `the picture was back after ${lower.seconds - last.seconds} s`)
  // A trial of more may fail later; it ends as quickly.
  assert.ok(longestStep(after) <= 2, `and stays: ${longestStep(after)} s without one`)

  const otherSound = judgeSound(other.sound)
  const otherPicture = timeline(other.picture)
  figure('other_receiver.frames_recovered', otherSound.recovered, 'ratio')
  figure('other_receiver.longest_wait_between_pictures', longestStep(otherPicture), 's')
  figure('other_receiver.packets_lost', other.stats.audio.packetsLost + other.stats.video.packetsLost, 'count')
  assert.equal(otherSound.recovered, 1, 'the other room has every frame of sound')
  assert.deepEqual([...new Set(otherPicture.map((f) => f.height).filter(Boolean))], [720], 'and its rendition')
  assert.equal(other.stats.audio.packetsLost + other.stats.video.packetsLost, 0)
  assert.deepEqual(other.levels.map((l) => l.level).filter((l) => l !== '720p'), [])
})

/** The slide, alone and whole, on the main picture of a page. */
const slideSeen = (page, timeout = 40_000) =>
  eventually(() => stageColours(page, [{ x: 1200, y: 60 }, { x: 1200, y: 300 }]),
    ([bar, paper]) => bar[2] > 110 && bar[0] < 60 && Math.min(...paper) > 220, { what: 'the slide', timeout })

async function present() {
  if (presenting) return
  presenting = true
  await near.page.$eval(byTest('toggle-screen'), (button) => button.click())
}

test('300 kbit/s and 5 % loss: the chair is understood and the slide can be read', { skip }, async () => {
  await present()
  await line.both({ ...good, rate: 300_000, buffer: 15_000, loss: 0.05 })
  const page = await comeIn(unit, 'site')
  await speak(page)
  await eventually(() => level(page), (l) => ['180p', 'slides'].includes(l), { what: 'a level it carries', timeout: 30_000 })
  await slideSeen(page)
  await listen(page, 3)
  const heard = await listen(page, 20)
  await slideSeen(page)
  const sound = judgeSound(heard.sound)
  figure('line_of_300k.frames_recovered', sound.recovered, 'ratio')
  figure('line_of_300k.longest_sound_gap', sound.longestGap, 'ms')
  figure('line_of_300k.concealed_by_browser', share('concealedSamples', heard), 'ratio')
  figure('line_of_300k.pictures', heard.picture.length, 'count')
  figure('line_of_300k.freezes', heard.stats.video.freezeCount, 'count')
  console.log(JSON.stringify({
    levels: heard.levels.map((l) => l.level), line: await line.counts(),
    height: await page.$eval(byTest('stage-video'), (v) => v.videoHeight),
  }))
  if (process.env.DIEMCAU_SCREENSHOTS) {
    // What the notice says stands in the page's head as well.
    await page.$eval('[data-notice^="line"] button', (button) => button.click()).catch(() => {})
    await mkdir(process.env.DIEMCAU_SCREENSHOTS, { recursive: true })
    await page.screenshot({ path: join(process.env.DIEMCAU_SCREENSHOTS, 'line-300k.webp'), type: 'webp', quality: 75 })
  }
  assert.ok(sound.recovered >= 0.99, `${sound.recovered} of the frames came`)
  assert.ok(sound.longestGap <= 60, `${sound.longestGap} ms are missing in a row`)
  assert.ok(heard.picture.length > 0, 'the slide goes on coming')
})

test('64 kbit/s: everything is heard and the slide is seen', { skip, timeout: 240_000 }, async () => {
  await present()
  await line.both(good)
  const page = await comeIn(unit, 'site')
  await silence(page)
  await line.both({ ...good, rate: 64_000, buffer: 8000 })
  const narrow = Date.now()
  await eventually(() => level(page), (l) => ['slides', 'sound'].includes(l), { what: 'a level it carries', timeout: 30_000 })
  await listen(page, 1)
  const steps = () => page.evaluate((narrow) => JSON.stringify(window.__levels.map((l) => [l.level, l.at - narrow])), narrow)
  await slideSeen(page, 80_000).finally(async () => console.log(`levels ${await steps()}`))
  const seen = (Date.now() - narrow) / 1000
  const heard = await listen(page, 20)
  await slideSeen(page)
  const sound = judgeSound(heard.sound)
  figure('line_of_64k.slide_seen', seen, 's')
  figure('line_of_64k.frames_recovered', sound.recovered, 'ratio')
  figure('line_of_64k.longest_sound_gap', sound.longestGap, 'ms')
  figure('line_of_64k.concealed_by_browser', share('concealedSamples', heard), 'ratio')
  console.log(JSON.stringify({ levels: await steps(), line: await line.counts(), pictures: heard.picture.length }))
  assert.ok(sound.recovered >= 0.99, `${sound.recovered} of the frames came`)
  assert.ok(sound.longestGap <= 60, `${sound.longestGap} ms are missing in a row`)
  assert.ok(share('concealedSamples', heard) <= 0.05, 'next to nothing of what was played was made up')
})

test('64 kbit/s up: a room that speaks is heard, without a queue', { skip, timeout: 240_000 }, async () => {
  await present()
  await line.both(good)
  const page = await comeIn(unit, 'site', footageCamera())
  await silence(near.page)
  await speak(page)
  await listen(page, 5) // the page learns how short the line is
  await line.up({ ...good, rate: 64_000, buffer: 8000 })
  const narrow = Date.now()
  await eventually(() => limitOfSound(page), (limit) => limit > 0, { what: 'thin sound', timeout: 40_000 })
  const thin = (Date.now() - narrow) / 1000
  await eventually(() => roundTrip(page), (seconds) => seconds < 0.4, { what: 'a line without a queue', timeout: 20_000 })
  const short = (Date.now() - narrow) / 1000
  assert.equal(await cameraSends(page), false, 'its picture makes room for what is said')
  await page.waitForSelector('[data-notice~="camera-rests"]')
  const overflowed = (await line.counts()).up.overflowed
  const concealedUp = await madeUp(page, 20)
  await line.up({ ...good, rate: 110_000, buffer: 8000 })
  await eventually(() => cameraSends(page), (sends) => sends, { what: 'a picture beside thin sound', timeout: 90_000 })
  assert.ok((await limitOfSound(page)) > 0)
  const counts = await line.counts()
  figure('line_of_64k.sound_thin', thin, 's')
  figure('line_of_64k.queue_gone', short, 's')
  figure('line_of_64k.uplink_concealed', concealedUp, 'ratio')
  console.log(JSON.stringify({ line: counts, roundTrip: await roundTrip(page) }))
  const thrown = counts.up.overflowed - overflowed
  assert.ok(thrown <= 20, `${thrown} packets thrown away in 20 s, by more than one trial of its picture`)
  assert.ok(concealedUp <= 0.05, `${concealedUp} of what the room said was made up`)
})
