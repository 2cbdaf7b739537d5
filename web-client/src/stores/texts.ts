import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Seat, ServerMessage, Text } from '@/protocol/types'
import { useMeeting } from './meeting'

/** The server sends the last hundred again; a page that stays open holds a few more. */
const MOST_KEPT = 300

/** The text line between this page's seat and the secretariat. `apply` is the only writer. */
export const useTexts = defineStore('texts', () => {
  const meeting = useMeeting()
  const all = shallowRef<Text[]>([])
  /** The number of the newest text that was read. */
  const readUpTo = ref(0)
  const looking = ref(false)

  const unread = computed(
    () =>
      all.value.filter((text) => text.seq > readUpTo.value && text.from !== meeting.self?.seat)
        .length,
  )

  function apply(message: ServerMessage): void {
    if (message.type === 'welcome') {
      // A new visit has read nothing; one that comes back after a cut has.
      if (all.value.length === 0) readUpTo.value = message.texts.at(-1)?.seq ?? 0
      add(message.texts)
    }
    if (message.type === 'text') add([message.text])
  }

  function add(texts: readonly Text[]): void {
    const known = new Set(all.value.map((text) => text.seq))
    const fresh = texts.filter((text) => !known.has(text.seq))
    if (fresh.length === 0) return
    all.value = [...all.value, ...fresh].sort((a, b) => a.seq - b.seq).slice(-MOST_KEPT)
    if (looking.value) markRead()
  }

  function markRead(): void {
    readUpTo.value = all.value.at(-1)?.seq ?? readUpTo.value
  }

  function look(now: boolean): void {
    looking.value = now
    if (now) markRead()
  }

  /** Who of the sites wrote last, newest first: whom one answers. */
  const writers = computed<Seat[]>(() => {
    const seats = [...all.value].reverse().map((text) => text.from)
    return [...new Set(seats)].filter((seat) => meeting.sites.get(seat)?.role === 'site')
  })

  function clear(): void {
    all.value = []
    readUpTo.value = 0
    looking.value = false
  }

  return { all, unread, writers, apply, look, clear }
})
