/** The only place that asks the browser for cameras, microphones and screens. */

/** Why a device gives nothing. Each has a sentence that says what to do. */
export type DeviceProblem = 'denied' | 'absent' | 'busy' | 'insecure' | 'failed' | 'lost'

export interface Device {
  id: string
  label: string
}

export interface DeviceList {
  microphones: Device[]
  cameras: Device[]
  speakers: Device[]
}

/** The server asks for what it needs; 720p is the most any rendition shows of one camera. */
const CAMERA = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25, max: 30 } }
/** A hall speaks through loudspeakers: the echo must go, and the room must not be pumped up. */
const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }
const SCREEN = { width: { max: 1920 }, height: { max: 1080 }, frameRate: { ideal: 10, max: 15 } }

export const canCapture = (): boolean => Boolean(navigator.mediaDevices?.getUserMedia)
export const canShareScreen = (): boolean => Boolean(navigator.mediaDevices?.getDisplayMedia)
export const canChooseSpeaker = (): boolean => 'setSinkId' in HTMLMediaElement.prototype

export async function openMicrophone(deviceId: string): Promise<MediaStreamTrack> {
  const open = (exact: MediaTrackConstraints) =>
    navigator.mediaDevices.getUserMedia({ audio: { ...MICROPHONE, ...exact } })
  return firstTrack(await openChosen(deviceId, open))
}

export async function openCamera(deviceId: string): Promise<MediaStreamTrack> {
  const open = (exact: MediaTrackConstraints) =>
    navigator.mediaDevices.getUserMedia({ video: { ...CAMERA, ...exact } })
  const track = firstTrack(await openChosen(deviceId, open))
  track.contentHint = 'motion'
  return track
}

/** Slides and documents: sharp letters matter more than movement. */
export async function openScreen(): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: SCREEN, audio: false })
  const track = firstTrack(stream)
  track.contentHint = 'detail'
  return track
}

/** A chosen device that is gone must not keep the room silent: any other is taken instead. */
async function openChosen(
  deviceId: string,
  open: (exact: MediaTrackConstraints) => Promise<MediaStream>,
): Promise<MediaStream> {
  if (!canCapture()) throw new DOMException('no capture outside a secure page', 'SecurityError')
  if (!deviceId) return open({})
  try {
    return await open({ deviceId: { exact: deviceId } })
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'OverconstrainedError') throw error
    return open({})
  }
}

function firstTrack(stream: MediaStream): MediaStreamTrack {
  const track = stream.getTracks()[0]
  if (!track) throw new DOMException('no track', 'NotFoundError')
  return track
}

export async function listDevices(): Promise<DeviceList> {
  const all = canCapture() ? await navigator.mediaDevices.enumerateDevices().catch(() => []) : []
  const of = (kind: MediaDeviceKind): Device[] =>
    all
      .filter((device) => device.kind === kind && device.deviceId !== '')
      .map((device) => ({ id: device.deviceId, label: device.label }))
  return {
    microphones: of('audioinput'),
    cameras: of('videoinput'),
    speakers: of('audiooutput'),
  }
}

export function problemOf(error: unknown): DeviceProblem {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
      return 'denied'
    case 'SecurityError':
    case 'TypeError':
      return 'insecure'
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'absent'
    case 'NotReadableError':
    case 'AbortError':
      return 'busy'
    default:
      return 'failed'
  }
}
