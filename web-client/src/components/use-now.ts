import { onBeforeUnmount, ref, type Ref } from 'vue'

/** The steady clock in milliseconds, told anew every half second while the component lives. */
export function useNow(): Ref<number> {
  const now = ref(performance.now())
  const timer = setInterval(() => (now.value = performance.now()), 500)
  onBeforeUnmount(() => clearInterval(timer))
  return now
}
