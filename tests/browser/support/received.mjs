// What a page received, frame by frame, after the browser's own repair (NACK, RTX) and before its
// decoders: RTCRtpScriptTransform sees every encoded frame with its RTP timestamp.
import { byTest } from './browsers.mjs'

/** Before the page is opened. */
export async function watchReceived(page) {
  await page.setBypassCSP(true)
  await page.evaluateOnNewDocument(() => {
    const work = () => {
      onrtctransform = ({ transformer }) => {
        const { kind, index } = transformer.options
        const look = (frame, out) => {
          const meta = frame.getMetadata()
          const size = frame.data.byteLength
          const head = kind === 'audio' ? [...new Uint8Array(frame.data, 0, Math.min(size, 12))] : undefined
          postMessage({
            kind, index, head, size,
            at: performance.timeOrigin + performance.now(),
            timestamp: meta.rtpTimestamp ?? frame.timestamp,
            payloadType: meta.payloadType,
            sequence: meta.sequenceNumber,
            key: frame.type === 'key',
            width: meta.width, height: meta.height,
          })
          out.enqueue(frame)
        }
        transformer.readable.pipeThrough(new TransformStream({ transform: look })).pipeTo(transformer.writable)
      }
    }
    const worker = new Worker(URL.createObjectURL(new Blob([`(${work})()`], { type: 'text/javascript' })))
    window.__frames = []
    window.__levels = []
    worker.onmessage = ({ data }) => window.__frames.push(data)
    const Peer = window.RTCPeerConnection
    window.RTCPeerConnection = class extends Peer {
      // Before the first task after it, or Chromium leaves the transform out for good.
      addTransceiver(...words) {
        const made = super.addTransceiver(...words)
        const { kind } = made.receiver.track
        made.receiver.transform = new RTCRtpScriptTransform(worker, { kind, index: this.getTransceivers().indexOf(made) })
        return made
      }
    }
    const Socket = window.WebSocket
    window.WebSocket = class extends Socket {
      constructor(...words) {
        super(...words)
        this.addEventListener('message', ({ data }) => {
          const message = JSON.parse(data)
          if (message.type === 'line') window.__levels.push({ level: message.level, at: Date.now() })
        })
      }
    }
  })
}

/** { sound, picture: frames of the stage, levels, stats }, since it was last asked. */
export async function takeReceived(page) {
  return page.evaluate(async () => {
    const peer = window.__diemcau.peer
    const stage = peer.getTransceivers().findIndex((t) => t.receiver.track.kind === 'video')
    const red = peer.getReceivers().find((r) => r.track.kind === 'audio').getParameters().codecs.find((c) => /red/i.test(c.mimeType))
    const stats = {}
    for (const s of (await peer.getStats()).values())
      if (s.type === 'inbound-rtp' && (s.kind === 'audio' || s.mid === peer.getTransceivers()[stage].mid)) stats[s.kind] = s
    const frames = window.__frames.splice(0)
    return {
      sound: frames.filter((f) => f.kind === 'audio').map((f) => ({ ...f, red: f.payloadType === red?.payloadType })),
      picture: frames.filter((f) => f.kind === 'video' && f.index === stage),
      levels: [...window.__levels],
      stats,
    }
  })
}

export const level = (page) => page.evaluate(() => window.__levels.at(-1)?.level)

const TICK = 960 // 20 ms at 48 kHz
/** Unwrapped RTP timestamps (32 bits) or sequence numbers (16), beginning near 2^bits. */
function unwrapper(bits = 32) {
  const turn = 2 ** bits
  let last
  return (value) => {
    if (last === undefined) return (last = value + turn)
    const step = ((value - (last % turn) + turn + turn / 2) % turn) - turn / 2
    return (last += step)
  }
}

/** Samples at 48 kHz of an Opus packet by its first two bytes (RFC 6716 §3.1, §3.2). */
function opusLength([toc, count]) {
  const config = toc >> 3
  const frame = config < 12 ? [480, 960, 1920, 2880][config & 3] : config < 16 ? [480, 960][config & 1] : [120, 240, 480, 960][config & 3]
  return frame * [1, 2, 2, (count ?? 0) & 63][toc & 3]
}

/** The Opus frames of a packet, [{ offset before its timestamp, length }], RED (RFC 2198) or plain. */
function opusFrames({ head, red, size }) {
  if (!red) return size > 0 ? [{ offset: 0, length: opusLength(head) }] : []
  const frames = []
  let at = 0
  for (; head[at] & 0x80; at += 4) {
    const offset = (head[at + 1] << 6) | (head[at + 2] >> 2)
    const length = ((head[at + 2] & 3) << 8) | head[at + 3]
    if (length > 0) frames.push({ offset, length: TICK })
  }
  return [...frames, { offset: 0, length: TICK }]
}

/**
 * Of the 20 ms frames that were sent between the first and the last: how many came, in packets of
 * their own or as redundancy, and the longest stretch of those that did not, ms. What the server
 * had no time to make on a busy machine is `unmade` and not the line's: its timestamps are jumped
 * over, and no sequence number is missing. `late`: how much later than the quickest a frame came
 * at the 99th percentile and at most, ms.
 */
export function judgeSound(packets) {
  const came = new Map()
  const unwrap = unwrapper()
  const number = unwrapper(16)
  const bySequence = new Map()
  for (const packet of packets) {
    const timestamp = unwrap(packet.timestamp)
    let length = TICK
    for (const frame of opusFrames(packet)) {
      length = frame.length
      for (let t = 0; t < frame.length; t += TICK) {
        const tick = Math.round((timestamp - frame.offset + t) / TICK)
        came.set(tick, Math.min(came.get(tick) ?? Infinity, packet.at))
      }
    }
    bySequence.set(number(packet.sequence), { tick: Math.round(timestamp / TICK), ticks: length / TICK })
  }
  let missing = 0
  let unmade = 0
  let longest = 0
  const sequences = [...bySequence.keys()].sort((a, b) => a - b)
  for (let i = 1; i < sequences.length; ++i) {
    const [before, after] = [bySequence.get(sequences[i - 1]), bySequence.get(sequences[i])]
    let absent = 0
    for (let tick = before.tick + before.ticks; tick < after.tick; ++tick) absent += came.has(tick) ? 0 : 1
    const lost = Math.min(absent, (sequences[i] - sequences[i - 1] - 1) * Math.max(before.ticks, after.ticks))
    missing += lost
    unmade += absent - lost
    longest = Math.max(longest, lost)
  }
  const delays = [...came].map(([tick, at]) => at - tick * 20).sort((a, b) => a - b)
  const frames = came.size + missing
  return {
    frames,
    unmade,
    recovered: came.size / frames,
    longestGap: longest * 20,
    late: { p99: delays[Math.floor(delays.length * 0.99)] - delays[0], most: delays.at(-1) - delays[0] },
  }
}

/** Frames of the stage as [{ seconds by RTP timestamp, at, width, height, key }] in the order of time. */
export function timeline(frames) {
  const unwrap = unwrapper()
  let size = {}
  const timed = frames.map((f) => {
    if (f.width > 0) size = { width: f.width, height: f.height }
    return { ...f, ...size, seconds: unwrap(f.timestamp) / 90_000 }
  })
  return timed.sort((a, b) => a.seconds - b.seconds)
}

export function longestStep(timed) {
  let longest = 0
  for (let i = 1; i < timed.length; ++i) longest = Math.max(longest, timed[i].seconds - timed[i - 1].seconds)
  return longest
}

export const figure = (name, value, unit) => console.log(JSON.stringify({ figure: name, value: Number(value.toFixed(4)), unit }))

/** The stage's picture as it is decoded, as a PNG. */
export async function stagePicture(page) {
  const url = await page.evaluate((selector) => {
    const video = document.querySelector(selector)
    const canvas = Object.assign(document.createElement('canvas'), { width: video.videoWidth, height: video.videoHeight })
    canvas.getContext('2d').drawImage(video, 0, 0)
    return canvas.toDataURL('image/png')
  }, byTest('stage-video'))
  return Buffer.from(url.split(',')[1], 'base64')
}
