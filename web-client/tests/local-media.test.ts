import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useLocalMedia } from '@/stores/local-media'
import { usePreferences } from '@/stores/preferences'

class FakeTrack {
  stopped = false
  muted = false
  contentHint = ''
  onended: (() => void) | null = null
  stop(): void {
    this.stopped = true
  }
}

/** A device that opens, or does not, when the test says so. */
class Opening {
  readonly track = new FakeTrack()
  private settle: { open(stream: object): void; fail(error: unknown): void } | null = null
  readonly stream = new Promise<object>((open, fail) => (this.settle = { open, fail }))
  async opens(): Promise<FakeTrack> {
    this.settle?.open({ getTracks: () => [this.track] })
    await vi.advanceTimersByTimeAsync(0)
    return this.track
  }
  async fails(name: string): Promise<void> {
    this.settle?.fail(new DOMException('no', name))
    await vi.advanceTimersByTimeAsync(0)
  }
}

const node = () => ({ connect: () => undefined, disconnect: () => undefined })
let microphones: Opening[]
let cameras: Opening[]
let screens: Opening[]

beforeEach(() => {
  setActivePinia(createPinia())
  vi.useFakeTimers()
  ;[microphones, cameras, screens] = [[], [], []]
  const ask = (of: Opening[]) => {
    of.push(new Opening())
    return (of.at(-1) as Opening).stream
  }
  vi.stubGlobal('navigator', {
    mediaDevices: {
      getUserMedia: (wish: { audio?: object }) => ask(wish.audio ? microphones : cameras),
      getDisplayMedia: () => ask(screens),
      enumerateDevices: () => Promise.resolve([]),
    },
  })
  vi.stubGlobal('MediaStream', class {})
  vi.stubGlobal(
    'AudioContext',
    class {
      state = 'suspended'
      createMediaStreamSource = node
      createAnalyser = () => ({ ...node(), fftSize: 0, context: this })
    },
  )
})
afterEach(() => {
  useLocalMedia().release()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a microphone', () => {
  it('is sent once it is switched on and has opened', async () => {
    const local = useLocalMedia()
    void local.setMicrophone(true)
    expect(local.sentMicrophone).toBeNull()
    const track = await microphones[0]?.opens()
    expect(local.sentMicrophone).toBe(track)
  })

  it('stays unsent when it was switched off before it opened', async () => {
    const local = useLocalMedia()
    void local.setMicrophone(true)
    void local.setMicrophone(false)
    await microphones[0]?.opens()
    expect(local.microphoneOn).toBe(false)
    expect(local.sentMicrophone).toBeNull()
  })

  it('does not open any more once the devices were given back', async () => {
    const local = useLocalMedia()
    void local.setMicrophone(true)
    local.release()
    const track = await microphones[0]?.opens()
    expect(track?.stopped).toBe(true)
    expect([local.microphone, local.microphoneOn]).toEqual([null, false])
  })

  it('is the one asked for last, whichever opens first, and is still on then', async () => {
    const local = useLocalMedia()
    void local.setMicrophone(true)
    void local.chooseMicrophone('usb')
    const chosen = await microphones[1]?.opens()
    const old = await microphones[0]?.opens()
    expect(old?.stopped).toBe(true)
    expect(local.sentMicrophone).toBe(chosen)
  })

  it('that does not open is off, and a later one is not sent unasked', async () => {
    const local = useLocalMedia()
    void local.setMicrophone(true)
    await microphones[0]?.fails('NotReadableError')
    expect([local.microphoneOn, local.microphoneProblem]).toEqual([false, 'busy'])
    void local.captureMicrophone()
    await microphones[1]?.opens()
    expect(local.microphone).not.toBeNull()
    expect(local.sentMicrophone).toBeNull()
  })

  it('that was unplugged while on is sent again when it is back', async () => {
    const local = useLocalMedia()
    void local.setMicrophone(true)
    const track = await microphones[0]?.opens()
    track?.onended?.()
    expect(local.sentMicrophone).toBeNull()
    void local.captureMicrophone()
    const again = await microphones[1]?.opens()
    expect(local.sentMicrophone).toBe(again)
  })
})

describe('a camera', () => {
  it('does not light up when it was switched off before it opened', async () => {
    const local = useLocalMedia()
    void local.setCamera(true)
    void local.setCamera(false)
    const track = await cameras[0]?.opens()
    expect(track?.stopped).toBe(true)
    expect([local.camera, local.cameraProblem]).toEqual([null, null])
  })

  it('says nothing of a prompt that was refused after it was given up', async () => {
    const local = useLocalMedia()
    void local.setCamera(true)
    local.release()
    await cameras[0]?.fails('NotAllowedError')
    expect(local.cameraProblem).toBeNull()
  })
})

describe('the devices of a page', () => {
  it('open one after the other', async () => {
    const local = useLocalMedia()
    void local.open()
    expect(cameras).toHaveLength(0)
    await microphones[0]?.opens()
    const camera = await cameras[0]?.opens()
    expect(local.camera).toBe(camera)
  })

  it('are not begun once the page is gone', async () => {
    const local = useLocalMedia()
    void local.open()
    local.release()
    await microphones[0]?.opens()
    expect(cameras).toHaveLength(0)
  })

  it('leave a camera alone that is switched off', async () => {
    const local = useLocalMedia()
    usePreferences().values.cameraOn = false
    void local.open()
    await microphones[0]?.opens()
    expect(cameras).toHaveLength(0)
  })
})

describe('a shared screen', () => {
  it('is not shown when it was chosen after the page had let go', async () => {
    const local = useLocalMedia()
    void local.setScreen(true)
    local.release()
    const track = await screens[0]?.opens()
    expect(track?.stopped).toBe(true)
    expect(local.screen).toBeNull()
  })
})
