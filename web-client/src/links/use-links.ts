import { computed, ref, shallowRef } from 'vue'
import {
  listLinks,
  makeLinks,
  renewPin,
  revokeLink,
  type Slip,
  type UnitLink,
} from '@/protocol/links'

/** The links of one meeting, and the slips made while the page is open: nobody can read them again. */
export function useLinks(meeting: string) {
  const units = shallowRef<UnitLink[]>([])
  const slips = shallowRef<Slip[]>([])
  const loading = ref(false)
  /** How many of how many are made; null while none are. */
  const progress = shallowRef<{ done: number; of: number } | null>(null)
  const problem = shallowRef<unknown>(null)
  let mostAtOnce = 1

  const missing = computed(() => units.value.filter((unit) => !unit.madeAt))

  async function attempt(act: () => Promise<void>): Promise<void> {
    problem.value = null
    loading.value = true
    try {
      await act()
    } catch (error) {
      problem.value = error
    }
    loading.value = false
  }

  async function fetch(): Promise<void> {
    const list = await listLinks(meeting)
    units.value = list.units
    mostAtOnce = list.mostAtOnce
  }

  /** A new slip takes the place of the unit's older one: that one opens nothing any more. */
  function keep(made: Slip[]): void {
    const fresh = new Set(made.map((slip) => slip.unit))
    slips.value = [...slips.value.filter((slip) => !fresh.has(slip.unit)), ...made]
  }

  const load = () => attempt(fetch)

  const make = (wanted: string[]) =>
    attempt(async () => {
      try {
        for (let done = 0; done < wanted.length; done += mostAtOnce) {
          progress.value = { done, of: wanted.length }
          keep(await makeLinks(meeting, wanted.slice(done, done + mostAtOnce)))
        }
      } finally {
        progress.value = null
        await fetch()
      }
    })

  const newPin = (unit: string) =>
    attempt(async () => {
      const url = slips.value.find((slip) => slip.unit === unit)?.url ?? ''
      keep([{ ...(await renewPin(meeting, unit)), url }])
      await fetch()
    })

  const revoke = (unit: string) =>
    attempt(async () => {
      await revokeLink(meeting, unit)
      slips.value = slips.value.filter((slip) => slip.unit !== unit)
      await fetch()
    })

  return { units, slips, missing, loading, progress, problem, load, make, newPin, revoke }
}
