import { ref, type Ref, shallowRef } from 'vue'

/** A list from the server with its three states: being fetched, failed, there. */
export interface Loadable<T> {
  items: Ref<T[]>
  loading: Ref<boolean>
  loaded: Ref<boolean>
  problem: Ref<unknown>
  load(): Promise<void>
}

/** A failed refresh keeps what was shown before. */
export function loadable<T>(fetchItems: () => Promise<T[]>): Loadable<T> {
  const items = shallowRef<T[]>([])
  const loading = ref(false)
  const loaded = ref(false)
  const problem = shallowRef<unknown>(null)

  async function load(): Promise<void> {
    if (loading.value) return
    loading.value = true
    try {
      items.value = await fetchItems()
      loaded.value = true
      problem.value = null
    } catch (error) {
      problem.value = error
    } finally {
      loading.value = false
    }
  }

  return { items, loading, loaded, problem, load }
}
