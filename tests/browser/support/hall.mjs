// A hall whose loudspeaker reaches its microphone: what the page receives is what it sends, later.

/** Before the page is opened: its microphone is the hall. Silent until loudspeakerOn(). */
export async function makeHall(page, { delay, gain }) {
  await page.evaluateOnNewDocument(
    (delay, gain) => {
      const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
      const hall = (window.__hall = { async ready() {
        if (hall.context) return
        hall.context = new AudioContext({ sampleRate: 48_000, latencyHint: 0 })
        await hall.context.resume()
        hall.room = new DelayNode(hall.context, { delayTime: delay, maxDelayTime: 1 })
        hall.microphone = new GainNode(hall.context, { gain })
        hall.room.connect(hall.microphone)
      } })
      navigator.mediaDevices.getUserMedia = async (wish) => {
        const stream = await original(wish)
        if (!wish?.audio) return stream
        await hall.ready()
        for (const track of stream.getAudioTracks()) {
          stream.removeTrack(track)
          track.stop()
        }
        const out = new MediaStreamAudioDestinationNode(hall.context, { channelCount: 1 })
        hall.microphone.connect(out)
        stream.addTrack(out.stream.getAudioTracks()[0])
        return stream
      }
    },
    delay,
    gain,
  )
}

/** From now on the hall hears itself; `__hall.noticed` is how long it took until `notice` stood there, s. */
export async function loudspeakerOn(page, notice) {
  await page.evaluate((notice) => {
    const hall = window.__hall
    const receiver = window.__diemcau.peer.getReceivers().find((r) => r.track.kind === 'audio')
    const stream = new MediaStream([receiver.track])
    // A muted element must hold the track, or Chromium decodes nothing.
    hall.element = Object.assign(new Audio(), { srcObject: stream, muted: true })
    void hall.element.play()
    hall.loudspeaker = new MediaStreamAudioSourceNode(hall.context, { mediaStream: stream })
    hall.loudspeaker.connect(hall.room)
    const since = hall.context.currentTime
    const watch = new MutationObserver(() => {
      if (!document.querySelector(notice)) return
      hall.noticed = hall.context.currentTime - since
      watch.disconnect()
    })
    watch.observe(document.body, { childList: true, subtree: true })
  }, notice)
}

/** From now on the page keeps the level of what it receives: dB of the last 43 ms, every 40. */
export async function listen(page) {
  await page.evaluate(async () => {
    const receiver = window.__diemcau.peer.getReceivers().find((r) => r.track.kind === 'audio')
    const stream = new MediaStream([receiver.track])
    const element = Object.assign(new Audio(), { srcObject: stream, muted: true })
    void element.play()
    const context = new AudioContext({ sampleRate: 48_000 })
    await context.resume()
    const analyser = new AnalyserNode(context, { fftSize: 2048 })
    context.createMediaStreamSource(stream).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    window.__heard = []
    window.__listener = { element, analyser }
    const dB = (x) => 20 * Math.log10(x + 1e-9)
    setInterval(() => {
      analyser.getFloatTimeDomainData(samples)
      let power = 0
      let peak = 0
      for (const s of samples) {
        power += s * s
        peak = Math.max(peak, Math.abs(s))
      }
      window.__heard.push({ rms: dB(Math.sqrt(power / samples.length)), peak: dB(peak) })
    }, 40)
  })
}

/** The levels of the last so many seconds. */
export const levelsSince = (page, seconds) =>
  page.evaluate((n) => window.__heard.slice(-n), Math.round(seconds * 25))
