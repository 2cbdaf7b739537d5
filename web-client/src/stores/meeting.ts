import { defineStore } from 'pinia'
import { computed, ref, shallowRef, triggerRef } from 'vue'
import type {
  LineLevel,
  Load,
  MeetingInfo,
  Recording,
  Seat,
  Self,
  ServerMessage,
  Site,
  SiteNotice,
  Stage,
  View,
  Welcome,
} from '@/protocol/types'
import { perFrame } from './per-frame'

const SLIDES: View = {
  kind: 'slides',
  seat: null,
  page: 0,
  pages: 0,
  width: 0,
  height: 0,
  tiles: [],
}
const NO_RECORDING: Recording = { state: 'none', id: '', startedAt: '', length: 0, problem: '' }

/** The meeting as the server tells it. Nothing here is guessed: `apply` is the only writer. */
export const useMeeting = defineStore('meeting', () => {
  const info = shallowRef<MeetingInfo | null>(null)
  const self = shallowRef<Self | null>(null)
  const sites = shallowRef(new Map<Seat, Site>())
  const speaking = shallowRef<Seat[]>([])
  const stage = shallowRef<Stage | null>(null)
  const second = ref<Seat | null>(null)
  /** What this page's second picture shows. */
  const view = shallowRef<View>(SLIDES)
  /** What this page's line carries; null before the server said so. */
  const lineLevel = ref<LineLevel | null>(null)
  const lineMost = ref<LineLevel | null>(null)
  /** Told to who may manage only. */
  const load = shallowRef<Load | null>(null)
  /** What is wrong with what sites send: this page's own, and all for who may manage. */
  const notices = shallowRef<SiteNotice[]>([])
  const recording = shallowRef<Recording>(NO_RECORDING)
  /** Steady-clock moment at which `recording` was told, to count on from its length. */
  const recordingToldAt = ref(0)

  /** Those who were asked to come; where nobody was, all who came. */
  const countedSites = computed(() => {
    const all = [...sites.value.values()]
    const expected = all.filter((site) => site.expected)
    return expected.length > 0 ? expected : all
  })
  const connectedCount = computed(
    () => countedSites.value.filter((site) => site.state === 'connected').length,
  )
  const siteCount = computed(() => countedSites.value.length)
  const mySite = computed(() => (self.value ? sites.value.get(self.value.seat) : undefined))
  const speakingSet = computed(() => new Set(speaking.value))
  const mayManage = computed(
    () => self.value !== null && ['admin', 'chair', 'secretary'].includes(self.value.role),
  )
  const mayShow = computed(() => self.value?.role !== 'viewer')

  function nameOf(seat: Seat): string {
    if (seat === self.value?.seat && self.value.name) return self.value.name
    return sites.value.get(seat)?.name ?? seat
  }

  // Hundreds of sites may arrive in one second: the roster is drawn once a frame, not once a site.
  const changes = perFrame((changed: Map<Seat, Site>) => {
    for (const [seat, site] of changed) sites.value.set(seat, site)
    triggerRef(sites)
  })

  function apply(message: ServerMessage, now: number): void {
    switch (message.type) {
      case 'welcome':
        welcome(message, now)
        break
      case 'site':
        changes.add(message.site.seat, message.site)
        break
      case 'sites':
        for (const site of message.sites) changes.add(site.seat, site)
        break
      case 'speaking':
        speaking.value = message.seats
        break
      case 'stage':
        stage.value = message.stage
        break
      case 'second':
        second.value = message.seat
        break
      case 'view':
        view.value = message.view
        break
      case 'line':
        lineLevel.value = message.level
        lineMost.value = message.most
        break
      case 'load':
        load.value = message.load
        break
      case 'notice':
        notice(message.notice, message.active)
        break
      case 'recording':
        recording.value = message.recording
        recordingToldAt.value = now
        break
    }
  }

  function notice(about: SiteNotice, active: boolean): void {
    const others = notices.value.filter((n) => n.seat !== about.seat || n.kind !== about.kind)
    notices.value = active ? [...others, about] : others
  }
  const noticesOf = (seat: Seat | undefined) =>
    notices.value.filter((n) => n.seat === seat).map((n) => n.kind)

  function welcome(message: Welcome, now: number): void {
    info.value = message.meeting
    self.value = message.self
    changes.drop()
    sites.value = new Map(message.sites.map((site) => [site.seat, site]))
    speaking.value = []
    stage.value = message.stage
    second.value = message.second
    view.value = SLIDES
    lineLevel.value = lineMost.value = load.value = null
    notices.value = message.notices
    recording.value = message.recording
    recordingToldAt.value = now
  }

  function clear(): void {
    info.value = null
    self.value = null
    changes.drop()
    sites.value = new Map()
    speaking.value = []
    stage.value = null
    second.value = null
    view.value = SLIDES
    lineLevel.value = lineMost.value = load.value = null
    notices.value = []
    recording.value = NO_RECORDING
  }

  return {
    info,
    self,
    sites,
    speaking,
    stage,
    second,
    view,
    lineLevel,
    lineMost,
    load,
    noticesOf,
    recording,
    recordingToldAt,
    connectedCount,
    siteCount,
    mySite,
    speakingSet,
    mayManage,
    mayShow,
    nameOf,
    apply,
    clear,
  }
})
