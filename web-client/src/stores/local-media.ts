import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import {
  type DeviceList,
  type DeviceProblem,
  listDevices,
  openCamera,
  openMicrophone,
  openScreen,
  problemOf,
} from '@/media/devices'
import { MicrophoneMeter, SilenceDetector } from '@/media/microphone-meter'
import type { MediaState } from '@/protocol/types'
import { usePreferences } from './preferences'

const METER_INTERVAL = 80
const LOUD = 0.62
const LOUD_BLOCKS = 10

/**
 * This room's own microphone, camera and screen. The microphone is captured but unsent until it is
 * switched on, so that its meter can move before; the camera is released when it is off.
 */
export const useLocalMedia = defineStore('local-media', () => {
  const preferences = usePreferences()
  const devices = shallowRef<DeviceList>({ microphones: [], cameras: [], speakers: [] })
  const microphone = shallowRef<MediaStreamTrack | null>(null)
  const camera = shallowRef<MediaStreamTrack | null>(null)
  const screen = shallowRef<MediaStreamTrack | null>(null)
  const microphoneProblem = ref<DeviceProblem | null>(null)
  const cameraProblem = ref<DeviceProblem | null>(null)
  const screenProblem = ref<DeviceProblem | null>(null)
  const microphoneOn = ref(false)
  /** 0 to 1; null while nothing is known. */
  const level = ref<number | null>(null)
  const silent = ref(false)
  /** Somebody talks to a microphone that is off. */
  const unheard = ref(false)

  const silence = new SilenceDetector()
  let meter: MicrophoneMeter | null = null
  let meterTimer: ReturnType<typeof setInterval> | undefined
  let loudBlocks = 0
  /** As it was last switched; what is sent also needs a device. */
  let microphoneWanted = false
  // Opening takes as long as a permission prompt stands. What was begun before the newest turn is
  // given back when it comes: meanwhile it was switched off, released, or asked for anew.
  let opening = 0
  let microphoneTurn = 0
  let cameraTurn = 0
  let screenTurn = 0

  const sentMicrophone = computed(() => (microphoneOn.value ? microphone.value : null))
  const state = computed<MediaState>(() => ({
    microphone: sentMicrophone.value !== null,
    camera: camera.value !== null,
    screen: screen.value !== null,
  }))

  /** False when something newer took over meanwhile: then nothing of this is kept. */
  async function captureMicrophone(): Promise<boolean> {
    const turn = ++microphoneTurn
    try {
      const track = await openMicrophone(preferences.values.microphoneId)
      if (turn !== microphoneTurn) {
        track.stop()
        return false
      }
      releaseMicrophone()
      microphone.value = track
      microphoneOn.value = microphoneWanted
      microphoneProblem.value = null
      track.onended = () => {
        releaseMicrophone()
        microphoneProblem.value = 'lost'
      }
      startMeter(track)
    } catch (error) {
      if (turn !== microphoneTurn) return false
      releaseMicrophone()
      microphoneWanted = microphoneOn.value
      microphoneProblem.value = problemOf(error)
    }
    await refresh()
    return turn === microphoneTurn
  }

  async function captureCamera(): Promise<void> {
    const turn = ++cameraTurn
    try {
      const track = await openCamera(preferences.values.cameraId)
      if (turn !== cameraTurn) return track.stop()
      stop(camera.value)
      camera.value = track
      cameraProblem.value = null
      track.onended = () => {
        camera.value = null
        cameraProblem.value = 'lost'
      }
    } catch (error) {
      if (turn !== cameraTurn) return
      stop(camera.value)
      camera.value = null
      cameraProblem.value = problemOf(error)
    }
    await refresh()
  }

  /** What a page lacks of its devices, one after the other; ends when they are given back meanwhile. */
  async function open(): Promise<void> {
    const turn = ++opening
    if (!microphone.value) await captureMicrophone()
    if (turn !== opening) return
    if (preferences.values.cameraOn && !camera.value) await captureCamera()
  }

  /** Without a device it is off, until it is switched on again. */
  async function captureSent(): Promise<void> {
    const settled = await captureMicrophone()
    if (settled && !microphone.value) microphoneOn.value = microphoneWanted = false
  }

  async function setMicrophone(on: boolean): Promise<void> {
    microphoneWanted = on
    if (on && !microphone.value) await captureSent()
    else microphoneOn.value = on
    silence.reset()
    silent.value = unheard.value = false
  }

  async function setCamera(on: boolean): Promise<void> {
    preferences.values.cameraOn = on
    if (on && !camera.value) return captureCamera()
    if (!on) {
      cameraTurn += 1
      stop(camera.value)
      camera.value = null
      cameraProblem.value = null
    }
  }

  async function setScreen(on: boolean): Promise<void> {
    const turn = ++screenTurn
    stop(screen.value)
    screen.value = null
    screenProblem.value = null
    if (!on) return
    try {
      const track = await openScreen()
      if (turn !== screenTurn) return track.stop()
      screen.value = track
      track.onended = () => {
        if (screen.value === track) screen.value = null
      }
    } catch (error) {
      if (turn !== screenTurn) return
      // Closing the browser's own window of choices is a decision, not a fault.
      const problem = problemOf(error)
      screenProblem.value = problem === 'denied' ? null : problem
    }
  }

  /** What the page draws itself is shown like a shared screen. */
  function showOnScreen(track: MediaStreamTrack): void {
    screenTurn += 1
    stop(screen.value)
    screen.value = track
    screenProblem.value = null
  }

  async function chooseMicrophone(id: string): Promise<void> {
    preferences.values.microphoneId = id
    await captureSent()
  }

  async function chooseCamera(id: string): Promise<void> {
    preferences.values.cameraId = id
    await captureCamera()
  }

  async function refresh(): Promise<void> {
    devices.value = await listDevices()
  }

  /** A device came or went: what was missing is tried again by itself. */
  async function onDevicesChanged(): Promise<void> {
    await refresh()
    const missing = (problem: DeviceProblem | null) => problem === 'lost' || problem === 'absent'
    if (missing(microphoneProblem.value) && devices.value.microphones.length > 0) {
      await captureMicrophone()
    }
    const wanted = preferences.values.cameraOn
    if (wanted && missing(cameraProblem.value) && devices.value.cameras.length > 0) {
      await captureCamera()
    }
  }

  function startMeter(track: MediaStreamTrack): void {
    meter = new MicrophoneMeter(track)
    silence.reset()
    meterTimer = setInterval(() => {
      const read = meter?.read() ?? null
      level.value = read?.meter ?? null
      silent.value = read !== null && silence.next(track.muted ? 0 : read.peak, performance.now())
      loudBlocks = read && !microphoneOn.value && read.meter > LOUD ? loudBlocks + 1 : 0
      if (microphoneOn.value) unheard.value = false
      else if (loudBlocks >= LOUD_BLOCKS) unheard.value = true
    }, METER_INTERVAL)
  }

  function releaseMicrophone(): void {
    clearInterval(meterTimer)
    meter?.close()
    meter = null
    stop(microphone.value)
    microphone.value = null
    level.value = null
    silent.value = unheard.value = false
  }

  /** Lights out: every device is given back, also one that is still being opened. */
  function release(): void {
    opening += 1
    microphoneTurn += 1
    cameraTurn += 1
    screenTurn += 1
    microphoneWanted = false
    releaseMicrophone()
    stop(camera.value)
    stop(screen.value)
    camera.value = screen.value = null
    microphoneOn.value = false
    microphoneProblem.value = cameraProblem.value = screenProblem.value = null
  }

  function stop(track: MediaStreamTrack | null): void {
    if (!track) return
    track.onended = null
    track.stop()
  }

  return {
    devices,
    microphone,
    camera,
    screen,
    microphoneProblem,
    cameraProblem,
    screenProblem,
    microphoneOn,
    level,
    silent,
    unheard,
    sentMicrophone,
    state,
    open,
    captureMicrophone,
    captureCamera,
    setMicrophone,
    setCamera,
    setScreen,
    showOnScreen,
    chooseMicrophone,
    chooseCamera,
    refresh,
    onDevicesChanged,
    release,
  }
})
