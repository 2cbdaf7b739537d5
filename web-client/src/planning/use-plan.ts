/** One plan in the page: loaded, changed, checked while it is written, saved, and led on. */
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import {
  type Clash,
  createPlan,
  findClashes,
  listKinds,
  listUnits,
  type MeetingKind,
  type MeetingPlan,
  type MeetingState,
  readPlan,
  savePlan,
  takeStep,
  type UnitCatalogue,
} from '@/protocol/planning'
import { bodyOf, type Draft, draftOf, emptyDraft } from './draft'

/** Clashes are asked for when the hand rests so long. */
const REST = 500

export function usePlan(id: string) {
  const draft = ref<Draft>(emptyDraft())
  const plan = shallowRef<MeetingPlan | null>(null)
  const units = shallowRef<UnitCatalogue>({ name: '', units: [] })
  const kinds = shallowRef<MeetingKind[]>([])
  const maxSites = ref(0)
  const clashes = shallowRef<Clash[]>([])
  const checking = ref(false)
  const loading = ref(true)
  const busy = ref(false)
  const problem = shallowRef<unknown>(null)
  const saved = ref('')

  const body = computed(() => bodyOf(draft.value, units.value.units))
  const written = computed(() => JSON.stringify(body.value))
  const dirty = computed(() => written.value !== saved.value)
  const changeable = computed(() => plan.value?.changeable ?? 'all')

  function show(next: MeetingPlan): void {
    plan.value = next
    draft.value = draftOf(next)
    saved.value = written.value
  }

  async function load(): Promise<void> {
    loading.value = true
    problem.value = null
    try {
      const [known, found] = await Promise.all([listKinds(), id ? readPlan(id) : null])
      kinds.value = known.kinds
      maxSites.value = known.maxSites
      units.value = await listUnits(found?.startsAt.slice(0, 10))
      if (found) show(found)
      else saved.value = written.value
    } catch (error) {
      problem.value = error
    } finally {
      loading.value = false
    }
  }

  /** A meeting keeps the units of its own day: another day may have another tree. */
  async function followDay(day: string): Promise<void> {
    const found = await listUnits(day).catch(() => null)
    if (!found || found.name === units.value.name) return
    const known = new Set(found.units.map((unit) => unit.code))
    const keep = (code: string) => (known.has(code) ? code : '')
    units.value = found
    draft.value.chosen = new Set([...draft.value.chosen].filter((code) => known.has(code)))
    draft.value.chair = keep(draft.value.chair)
    draft.value.secretary = keep(draft.value.secretary)
    draft.value.agenda.forEach((item) => (item.speaker = keep(item.speaker)))
  }

  async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
    if (busy.value) return null
    busy.value = true
    problem.value = null
    try {
      return await work()
    } catch (error) {
      problem.value = error
      return null
    } finally {
      busy.value = false
    }
  }

  /** Whether it is on the server now. */
  async function save(): Promise<boolean> {
    const done = await attempt(() => {
      const now = plan.value
      return now ? savePlan(now.id, now.revision, body.value) : createPlan(body.value)
    })
    if (done) show(done)
    return done !== null
  }

  async function step(to: MeetingState): Promise<boolean> {
    const now = plan.value
    if (!now || (dirty.value && changeable.value !== 'nothing' && !(await save()))) return false
    const done = await attempt(() => takeStep(now.id, plan.value?.revision ?? 0, to))
    if (done) show(done)
    return done !== null
  }

  let asked = 0
  async function check(): Promise<void> {
    const ask = ++asked
    if (body.value.expect === '') {
      clashes.value = []
      return
    }
    checking.value = true
    try {
      const found = await findClashes(body.value, plan.value?.id ?? '')
      if (ask === asked) clashes.value = found
    } catch {
      // What is half written may be no plan yet; saving says what is wrong with it.
      if (ask === asked) clashes.value = []
    } finally {
      if (ask === asked) checking.value = false
    }
  }

  let timer: ReturnType<typeof setTimeout> | undefined
  watch([written, plan], () => {
    clearTimeout(timer)
    if (loading.value || changeable.value === 'nothing') return
    timer = setTimeout(() => void check(), REST)
  })
  watch(
    () => draft.value.startsAt.slice(0, 10),
    (day) => !loading.value && day && void followDay(day),
  )
  onScopeDispose(() => clearTimeout(timer))

  return {
    draft,
    plan,
    units,
    kinds,
    maxSites,
    clashes,
    checking,
    loading,
    busy,
    problem,
    dirty,
    changeable,
    load,
    save,
    step,
  }
}
