import { computed, onBeforeUnmount, onMounted, watchEffect } from 'vue'
import { showForDebugging } from '@/debug'
import { PeerSession } from '@/media/peer-session'
import { signalAddress } from '@/protocol/api'
import type { ClientRequest, MediaState, Size } from '@/protocol/types'
import { browserEnvironment } from '@/signal/browser-environment'
import { SignalConnection } from '@/signal/signal-connection'
import { useControlRoom } from '@/stores/control-room'
import { useDocuments } from '@/stores/documents'
import { useHelp } from '@/stores/help'
import { useLocalMedia } from '@/stores/local-media'
import { useMeeting } from '@/stores/meeting'
import { useTexts } from '@/stores/texts'
import { SecondPicture } from './second-picture'
import { StageWish } from './stage-wish'
import { MeetingVisit } from './visit'

const NOTHING: MediaState = { microphone: false, camera: false, screen: false }

/** This screen in its own dots, not in CSS pixels. */
const display = (): Size => ({
  width: screen.width * devicePixelRatio,
  height: screen.height * devicePixelRatio,
})

export interface MeetingSession {
  visit: MeetingVisit
  second: SecondPicture
  stageWish: StageWish
}

/** The visit of a meeting page, with this browser's devices; begins and ends with the page. */
export function useVisit(meetingId: string, onProblem: (error: unknown) => void): MeetingSession {
  const meeting = useMeeting()
  const controlRoom = useControlRoom()
  const local = useLocalMedia()
  const documents = useDocuments()
  const texts = useTexts()
  const help = useHelp()

  const tracks = computed(() => ({
    microphone: meeting.mayShow ? local.sentMicrophone : null,
    camera: meeting.mayShow ? local.camera : null,
    screen: meeting.mayShow ? local.screen : null,
  }))
  const request = (message: ClientRequest) => visit.request(message)
  const second = new SecondPicture(request)
  const stageWish = new StageWish(request)
  const visit = new MeetingVisit({
    createSignal: (events) =>
      new SignalConnection(signalAddress(meetingId), events, browserEnvironment),
    createPeer: (onPath) => new PeerSession(onPath),
    onMessage: (message) => {
      const now = performance.now()
      meeting.apply(message, now)
      controlRoom.apply(message, now)
      texts.apply(message)
      help.apply(message)
      if ('wish' in message && message.wish) stageWish.told(message.wish)
      if (message.type === 'documents') void documents.load(meetingId)
    },
    tracks: () => tracks.value,
    mediaState: () => (meeting.mayShow ? local.state : NOTHING),
    display,
    onJoined: () => void second.joined().catch(onProblem),
  })

  watchEffect(() =>
    showForDebugging({
      peer: visit.peer.value?.connection ?? null,
      signal: visit.state.connection,
    }),
  )

  const onNetwork = () => visit.onNetworkChange()
  const onVisibility = () => void second.look(!document.hidden).catch(onProblem)
  const onDevices = () => void local.onDevicesChanged()

  onMounted(() => {
    addEventListener('online', onNetwork)
    document.addEventListener('visibilitychange', onVisibility)
    navigator.mediaDevices?.addEventListener('devicechange', onDevices)
    visit.start()
    // A page opened anew has no devices yet; the meeting does not wait for them.
    void local.open()
  })
  onBeforeUnmount(() => {
    removeEventListener('online', onNetwork)
    document.removeEventListener('visibilitychange', onVisibility)
    navigator.mediaDevices?.removeEventListener('devicechange', onDevices)
    if (visit.state.connection !== 'closed') visit.leave()
    local.release()
    meeting.clear()
    texts.clear()
    help.clear()
  })
  return { visit, second, stageWish }
}
