// The second picture: slides as they are presented, any one site, the wall of all.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { byTest, chromium, enter, eventually, openPage } from './support/browsers.mjs'
import { colourCamera } from './support/cameras.mjs'
import { closeAll } from './support/close.mjs'
import { Server } from './support/server.mjs'

const presenter = 'HD-300'
let server, meeting, room, watcher

before(async () => {
  server = await Server.start()
  meeting = await server.createMeeting({ title: 'Hội nghị CCHC quý III' })
  room = { browser: await chromium({ camera: await colourCamera('red') }) }
  room.page = await openPage(room.browser)
  await enter(room.page, server.url, await server.token(meeting, presenter, 'site'))
  watcher = { browser: await chromium() }
  watcher.page = await openPage(watcher.browser)
  await enter(watcher.page, server.url, await server.token(meeting, 'HD', 'secretary'))
  // Without its marks, as one types in a hurry.
  await watcher.page.type(byTest('roster-search'), 'thanh mien')
})

after(() => closeAll(room?.browser, watcher?.browser, server))

/** Mean colour of the middle of the second picture and its size; null while it shows nothing. */
const secondPicture = () =>
  watcher.page.evaluate((selector) => {
    const video = document.querySelector(selector)
    if (!video?.srcObject || video.videoWidth === 0 || !video.checkVisibility()) return null
    const canvas = new OffscreenCanvas(32, 32)
    const context = canvas.getContext('2d')
    context.drawImage(video, 0, 0, 32, 32)
    const { data } = context.getImageData(12, 8, 8, 8)
    const sum = [0, 0, 0]
    for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; ++c) sum[c] += data[i + c]
    return { colour: sum.map((v) => Math.round(v / 64)), width: video.videoWidth, height: video.videoHeight }
  }, byTest('second-video'))
/** Mean colour of the second picture where this element lies over it. */
const tileColour = (selector) =>
  watcher.page.evaluate(
    (over, under) => {
      const [tile, video] = [over, under].map((s) => document.querySelector(s))
      const [a, b] = [tile, video].map((e) => e.getBoundingClientRect())
      const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight)
      const context = canvas.getContext('2d')
      context.drawImage(video, 0, 0)
      const scale = video.videoWidth / b.width
      const [x, y] = [(a.x + a.width / 2 - b.x) * scale, (a.y + a.height * 0.4 - b.y) * scale]
      const { data } = context.getImageData(x - 8, y - 8, 16, 16)
      const sum = [0, 0, 0]
      for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; ++c) sum[c] += data[i + c]
      return sum.map((v) => Math.round(v / 256))
    },
    selector,
    byTest('second-video'),
  )
const caption = () => watcher.page.$eval(byTest('second-caption'), (e) => e.textContent)
const row = `${byTest('roster-row')}[data-seat="${presenter}/site"]`
async function watchRoom() {
  // Headless Chromium has no pointer that hovers: as on a telephone, the row is touched first.
  // At its beginning: once touched, its buttons lie over the rest.
  await watcher.page.locator(row).click({ offset: { x: 12, y: 20 } })
  await watcher.page.locator(`${row} ${byTest('view-site')}`).click()
}
// Headless Chromium's own screen is green and 1920×1080, the room's camera red.
const isScreen = (p) => p !== null && p.colour[1] > 2 * Math.max(p.colour[0], p.colour[2]) && p.width === 1920
const isCamera = (p) => p !== null && p.colour[0] > 200 && p.colour[1] < 60

test('a screen presented by one browser is the second picture of another', async () => {
  await room.page.click(byTest('toggle-screen'))
  await eventually(secondPicture, isScreen, { what: 'the screen in the second picture, in full size' })
  assert.match(await caption(), /Trình chiếu của UBND huyện Thanh Miện/)
  assert.equal(await room.page.$eval(byTest('second-picture'), (e) => e.checkVisibility()), false,
    'who presents does not get its own slides back')
})

test('any site can be watched in their place, and the slides come back', async () => {
  await watchRoom()
  await eventually(secondPicture, isCamera, { what: "the room's camera" })
  assert.match(await caption(), /^Đang xem: UBND huyện Thanh Miện/)
  await watcher.page.click(byTest('view-slides'))
  await eventually(secondPicture, isScreen, { what: 'the slides again' })
})

test('the same by keyboard, from the list', async () => {
  await watcher.page.focus(byTest('roster'))
  await watcher.page.keyboard.press('Home')
  const active = () =>
    watcher.page.$eval(byTest('roster'), (e) => document.getElementById(e.getAttribute('aria-activedescendant'))?.dataset.seat)
  for (let step = 0; step < 40 && (await active()) !== `${presenter}/site`; ++step)
    await watcher.page.keyboard.press('ArrowDown')
  await watcher.page.keyboard.press('v')
  await eventually(caption, (text) => text.startsWith('Đang xem'), { what: 'the site by V' })
  await watcher.page.evaluate(() => document.activeElement.blur())
  await watcher.page.keyboard.press('v')
  await eventually(caption, (text) => text.startsWith('Trình chiếu'), { what: 'the slides by V' })
})

test('the wall shows every site in its place, and is left again', async () => {
  const seen = []
  await watcher.page.click(byTest('wall-open'))
  const tile = `${byTest('wall-tile')}[data-seat="${presenter}/site"]`
  // 266 sites are five pages; districts in the middle are not on the first.
  for (let page = 0; page < 5 && !(await watcher.page.$(tile)); ++page) {
    if (page > 0) await watcher.page.click(byTest('wall-next'))
    await eventually(() => watcher.page.$$eval(byTest('wall-tile'), (tiles) => tiles[0]?.dataset.seat), (first) => first !== undefined && first !== seen.at(-1), {
      what: `page ${page + 1} of the wall`,
    })
    seen.push(await watcher.page.$eval(byTest('wall-tile'), (e) => e.dataset.seat))
  }
  assert.equal(new Set(seen).size, seen.length, 'each page has other sites')
  await eventually(() => watcher.page.$eval(tile, (e) => e.dataset.state), (state) => state === 'live', {
    what: "the room's tile",
  })
  await eventually(() => tileColour(tile), ([r, g, b]) => r > 180 && g < 90 && b < 90, {
    what: 'its red camera as a thumbnail there',
  })
  // By keyboard: the tile's menu opens, Escape gives the focus back, and an act closes it.
  const focused = () => watcher.page.evaluate(() => document.activeElement?.dataset.test)
  await watcher.page.focus(tile)
  await watcher.page.keyboard.press('Enter')
  await eventually(focused, (name) => name === 'wall-call', { what: 'the first act has the focus' })
  await watcher.page.keyboard.press('Escape')
  await eventually(focused, (name) => name === 'wall-tile', { what: 'the focus is on the tile again' })
  await watcher.page.keyboard.press('Enter')
  await eventually(focused, (name) => name === 'wall-call')
  await watcher.page.keyboard.press('ArrowDown')
  await eventually(focused, (name) => name === 'wall-mute')
  await watcher.page.keyboard.press('Enter')
  await eventually(() => watcher.page.$eval(tile, (e) => e.ariaLabel), (label) => label.includes('chủ tọa tắt mic'), {
    what: 'the room is muted from the wall',
  })
  await watcher.page.locator(tile).click()
  await watcher.page.locator(byTest('wall-mute')).click()
  await eventually(() => watcher.page.$eval(tile, (e) => e.ariaLabel), (label) => !label.includes('chủ tọa tắt mic'))
  await watcher.page.click(byTest('wall-close'))
  await eventually(secondPicture, isScreen, { what: 'the slides after the wall' })
})

test('the site is still watched after the server was killed and came back', async () => {
  await watchRoom()
  await eventually(caption, (text) => text.startsWith('Đang xem'))
  await watcher.page.evaluate(() => (window.__former = window.__diemcau.peer))
  await server.kill()
  await server.restart()
  await watcher.page.waitForFunction(
    (s) => window.__diemcau.peer && window.__diemcau.peer !== window.__former && document.querySelector(s)?.dataset.state === 'live',
    { timeout: 30_000 },
    byTest('connection-state'),
  )
  await eventually(secondPicture, isCamera, {
    timeout: 30_000,
    what: 'the camera after the restart',
  })
  await watcher.page.click(byTest('view-slides'))
})

test('the presentation that ends takes its picture along', async () => {
  await eventually(secondPicture, isScreen, { what: 'the slides' })
  await room.page.click(byTest('toggle-screen'))
  await eventually(secondPicture, (p) => p === null, { what: 'no second picture' })
})
