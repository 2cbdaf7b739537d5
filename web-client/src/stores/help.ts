import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Help, HelpKind, ServerMessage } from '@/protocol/types'

/** A screen holds few words; what came first goes first. */
const MOST = 3

export interface ShownHelp extends Help {
  /** In the order it came. */
  number: number
}

/** What somebody far away asks of this room, until it is closed. `apply` is the only writer. */
export const useHelp = defineStore('help', () => {
  const shown = shallowRef<ShownHelp[]>([])
  let count = 0

  function apply(message: ServerMessage): void {
    if (message.type !== 'help') return
    count += 1
    const { kind } = message.help
    // Asked twice for a tone or a check, it is asked for once; words do not replace words.
    const kept = kind === 'message' ? shown.value : without(kind)
    shown.value = [...kept, { ...message.help, number: count }].slice(-MOST)
  }

  const without = (kind: HelpKind) => shown.value.filter((each) => each.kind !== kind)

  function dismiss(number: number): void {
    shown.value = shown.value.filter((each) => each.number !== number)
  }

  function dismissLast(): void {
    shown.value = shown.value.slice(0, -1)
  }

  function clear(): void {
    shown.value = []
  }

  return { shown, apply, dismiss, dismissLast, clear }
})
