import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Agenda, Attendance, Control, Floor, RollCall, Room, Vote } from '@/protocol/control'
import type { Seat, ServerMessage } from '@/protocol/types'
import { useMeeting } from './meeting'

const ROOM: Room = {
  state: 'open',
  locked: false,
  allMuted: false,
  coChairs: [],
  waiting: [],
  removed: [],
}
/** Before it ends, a speech is warned for so long. */
export const WARNING_MS = 60_000

/** The control room as the server tells it: `apply` is the only writer. */
export const useControlRoom = defineStore('control-room', () => {
  const meeting = useMeeting()
  const room = shallowRef<Room>(ROOM)
  const agenda = shallowRef<Agenda>({ items: [], current: 0 })
  const floor = shallowRef<Floor>({ holder: null, queue: [] })
  const rollCall = shallowRef<RollCall>({ state: 'none', tour: null })
  const vote = shallowRef<Vote | null>(null)
  const attendance = shallowRef(new Map<Seat, Attendance>())
  /** Steady-clock moment at which `floor` was told, to count on from its times. */
  const floorToldAt = ref(0)
  const tourToldAt = ref(0)

  const holder = computed(() => floor.value.holder?.seat ?? null)
  const mine = computed(() => meeting.self?.seat ?? null)
  const hasFloor = computed(() => holder.value !== null && holder.value === mine.value)
  const queued = computed(() => floor.value.queue.findIndex(({ seat }) => seat === mine.value))
  const mayManage = computed(
    () => meeting.mayManage || (mine.value !== null && room.value.coChairs.includes(mine.value)),
  )
  const currentItem = computed(() =>
    agenda.value.items.find(({ position }) => position === agenda.value.current),
  )
  const nextItem = computed(() =>
    agenda.value.items.find(({ position }) => position === agenda.value.current + 1),
  )
  const myAttendance = computed(() => (mine.value ? attendance.value.get(mine.value) : undefined))

  function apply(message: ServerMessage, now: number): void {
    if (message.type === 'welcome') {
      attendance.value = new Map()
      vote.value = null
      take(message.control, now)
      add(message.attendance)
    } else if (message.type === 'control') {
      take(message.control, now)
    } else if (message.type === 'attendance') {
      add(message.rows)
    }
  }

  function take(control: Control, now: number): void {
    if (control.room) room.value = control.room
    if (control.agenda) agenda.value = control.agenda
    if (control.floor) {
      floor.value = control.floor
      floorToldAt.value = now
    }
    if (control.vote) vote.value = control.vote
    if (control.rollCall) {
      rollCall.value = control.rollCall
      tourToldAt.value = now
    }
  }

  function add(rows: Attendance[]): void {
    if (rows.length === 0) return
    const all = new Map(attendance.value)
    for (const row of rows) all.set(row.seat, row)
    attendance.value = all
  }

  /** What is left of the speech at a moment of the steady clock; below 0 it is overtime. */
  function timeLeft(now: number): number {
    const held = floor.value.holder
    if (!held) return 0
    return held.allotted - held.elapsed - Math.max(0, now - floorToldAt.value)
  }

  return {
    room,
    agenda,
    floor,
    rollCall,
    vote,
    attendance,
    floorToldAt,
    tourToldAt,
    holder,
    hasFloor,
    queued,
    mayManage,
    currentItem,
    nextItem,
    myAttendance,
    apply,
    timeLeft,
  }
})
