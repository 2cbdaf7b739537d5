// Debian's Chromium and Firefox, each with a camera and a microphone of its own.
import puppeteer from 'puppeteer-core'

export async function chromium({ camera, microphone, width = 1366, height = 768, extra = [], executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium' } = {}) {
  return puppeteer.launch({
    executablePath,
    // Not by a port: a browser in a namespace of its own has none that could be reached.
    pipe: true,
    headless: true,
    defaultViewport: { width, height },
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
      '--autoplay-policy=no-user-gesture-required', '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      ...(camera ? [`--use-file-for-fake-video-capture=${camera}`] : []),
      ...(microphone ? [`--use-file-for-fake-audio-capture=${microphone}`] : []),
      ...extra,
    ],
  })
}

export async function firefox() {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
    headless: true,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.autoplay.default': 0,
      'media.autoplay.blocking_policy': 0,
    },
  })
}

/**
 * A page whose microphone is not processed: the tests measure the mix by tones, which noise
 * suppression would take for noise. `without`: a pattern of codecs it does not know. `window`: beside
 * the other pages of this browser, none of them hidden.
 */
export async function openPage(browser, { without, window = false } = {}) {
  const page = await browser.newPage({ type: window ? 'window' : 'tab' })
  page.problems = []
  page.on('pageerror', (error) => page.problems.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') page.problems.push(message.text())
  })
  await page.evaluateOnNewDocument((without) => {
    localStorage.setItem('diemcau.debug', '1')
    if (without) {
      const { getCapabilities } = RTCRtpReceiver
      RTCRtpReceiver.getCapabilities = (kind) => {
        const known = getCapabilities.call(RTCRtpReceiver, kind)
        const unwanted = new RegExp(without, 'i')
        return { ...known, codecs: known.codecs.filter((codec) => !unwanted.test(codec.mimeType)) }
      }
    }
    window.WebSocket = class extends WebSocket {
      constructor(...words) {
        super(...words)
        ;(window.__sockets ??= []).push(this)
      }
    }
    const original = navigator.mediaDevices?.getUserMedia?.bind(navigator.mediaDevices)
    if (!original) return
    navigator.mediaDevices.getUserMedia = (wish) =>
      original(
        wish?.audio
          ? { ...wish, audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } }
          : wish,
      )
  }, without?.source)
  return page
}

/** What the page does when the server says this: for states that would need an overloaded machine. */
export async function serverSays(page, message) {
  await page.evaluate(
    (data) =>
      window.__sockets
        .find((socket) => socket.readyState === WebSocket.OPEN)
        .dispatchEvent(new MessageEvent('message', { data })),
    JSON.stringify(message),
  )
}

export const byTest = (name) => `[data-test="${name}"]`

/** A site's link, the device check, the door. */
export async function enter(page, url, token) {
  await toCheck(page, url, token)
  await join(page)
  await waitForStage(page)
}

/** By a site's link to its device check. */
export async function toCheck(page, url, token) {
  await page.goto(`${url}/join#token=${token}`, { waitUntil: 'domcontentloaded' })
  await page.waitForSelector(byTest('check-join'), { timeout: 20_000 }).catch(async (error) => {
    const shown = await page.evaluate(() => document.body.innerText.slice(0, 400)).catch(String)
    throw new Error(`no device check at ${page.url().split('#')[0]}, but: ${shown}`, { cause: error })
  })
}

/** From the device check to the door, or through it. */
export async function join(page) {
  await page.waitForSelector(byTest('check-join'), { timeout: 40_000 })
  await page.click(byTest('check-join'))
}

/** Until this picture is there and moves. */
export async function playing(page, selector, timeout = 30_000) {
  await page.waitForFunction(
    (s) => {
      const video = document.querySelector(s)
      return video instanceof HTMLVideoElement && video.videoWidth > 0 && video.currentTime > 0
    },
    { timeout, polling: 200 },
    selector,
  )
}

export const waitForStage = (page, timeout) => playing(page, byTest('stage-video'), timeout)

/** Mean colour [r, g, b] of a 16×16 patch around each point, in canvas pixels of the stage. */
export async function stageColours(page, points) {
  return page.evaluate(
    (selector, wanted) => {
      const video = document.querySelector(selector)
      const canvas = new OffscreenCanvas(1280, 720)
      const context = canvas.getContext('2d')
      context.drawImage(video, 0, 0, 1280, 720)
      return wanted.map(({ x, y }) => {
        const { data } = context.getImageData(x - 8, y - 8, 16, 16)
        const sum = [0, 0, 0]
        for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; ++c) sum[c] += data[i + c]
        return sum.map((v) => Math.round(v / 256))
      })
    },
    byTest('stage-video'),
    points,
  )
}

/** How much a region changes: mean absolute difference of two pictures `apart` frames from each other. */
export async function stageMotion(page, region, apart = 10) {
  return page.evaluate(
    async (selector, { x, y, w, h }, frames) => {
      const video = document.querySelector(selector)
      const canvas = new OffscreenCanvas(1280, 720)
      const context = canvas.getContext('2d', { willReadFrequently: true })
      const grab = () => {
        context.drawImage(video, 0, 0, 1280, 720)
        return context.getImageData(x, y, w, h).data
      }
      const before = grab()
      for (let i = 0; i < frames; ++i) await new Promise((next) => video.requestVideoFrameCallback(next))
      const after = grab()
      let sum = 0
      for (let i = 0; i < before.length; i += 4) sum += Math.abs(before[i] - after[i])
      return sum / (before.length / 4)
    },
    byTest('stage-video'),
    region,
    apart,
  )
}

/** Level in dB of each frequency in the sound this page receives, over about a second. */
export async function receivedTones(page, frequencies) {
  return page.evaluate(async (wanted) => {
    const peer = window.__diemcau.peer
    const receiver = peer.getReceivers().find((r) => r.track.kind === 'audio')
    const context = (window.__listening ??= new AudioContext())
    await context.resume()
    if (window.__heard?.track !== receiver.track) {
      // A muted element must hold the track, or Chromium decodes nothing.
      const stream = new MediaStream([receiver.track])
      const element = Object.assign(new Audio(), { srcObject: stream, muted: true })
      void element.play()
      const analyser = context.createAnalyser()
      analyser.fftSize = 16384
      analyser.smoothingTimeConstant = 0
      context.createMediaStreamSource(stream).connect(analyser)
      window.__heard = { track: receiver.track, analyser, element }
    }
    const { analyser } = window.__heard
    const bins = new Float32Array(analyser.frequencyBinCount)
    const best = wanted.map(() => -200)
    const until = context.currentTime + 1.2
    while (context.currentTime < until) {
      await new Promise((next) => requestAnimationFrame(next))
      analyser.getFloatFrequencyData(bins)
      wanted.forEach((frequency, i) => {
        const bin = Math.round((frequency * analyser.fftSize) / context.sampleRate)
        for (let b = bin - 2; b <= bin + 2; ++b) best[i] = Math.max(best[i], bins[b])
      })
    }
    return best
  }, frequencies)
}

/** What the server says of a meeting now (its `welcome`), asked over a second WebSocket. */
export async function welcomeOf(page, meeting) {
  return page.evaluate(
    (id) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/api/v1/meetings/${id}/signal`, 'diemcau.v1')
        socket.onmessage = ({ data }) => {
          const message = JSON.parse(data)
          if (message.type !== 'welcome') return
          socket.close()
          resolve(message)
        }
        socket.onerror = () => reject(new Error('no signalling'))
      }),
    meeting,
  )
}

/** What a page shows and what its connection sends and gets: for the report of a failed step. */
export async function describePage(page) {
  return page.evaluate(async () => {
    const peer = window.__diemcau?.peer
    const streams = []
    const wanted = ['kind', 'rid', 'active', 'frameWidth', 'framesEncoded', 'framesDecoded', 'keyFramesEncoded', 'packetsSent',
      'packetsReceived', 'targetBitrate', 'qualityLimitationReason', 'pliCount', 'availableOutgoingBitrate', 'currentRoundTripTime']
    for (const entry of (await peer?.getStats())?.values() ?? [])
      if (['outbound-rtp', 'inbound-rtp', 'candidate-pair'].includes(entry.type) && (entry.type !== 'candidate-pair' || entry.nominated))
        streams.push(Object.fromEntries([['type', entry.type], ...wanted.filter((name) => name in entry).map((name) => [name, entry[name]])]))
    return `${location.pathname}: ${document.body.innerText.slice(0, 400)}\n${streams.map((each) => JSON.stringify(each)).join('\n')}`
  })
}

/** Asks until `good` accepts the answer; the last answer is in the error. What the page has not drawn yet is no answer yet. */
export async function eventually(ask, good, { timeout = 20_000, what = 'the wanted state' } = {}) {
  const until = Date.now() + timeout
  for (;;) {
    let answer
    try {
      answer = await ask()
      if (good(answer)) return answer
    } catch (problem) {
      if (!/failed to find element/.test(problem.message)) throw problem
      answer = problem.message
    }
    if (Date.now() > until) throw new Error(`${what} did not come within ${timeout} ms; last: ${JSON.stringify(answer)?.slice(0, 600)}`)
    await new Promise((next) => setTimeout(next, 100))
  }
}
