import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { groupDocuments } from '@/documents/group-documents'
import {
  type DocumentList,
  giveOutDocument,
  listDocuments,
  type NewDocument,
  removeDocument,
  takeBackDocument,
  uploadDocument,
} from '@/protocol/documents'

const NOTHING: DocumentList = { documents: [], agenda: [], mostBytes: 0 }

/** The documents of the meeting this page is in. Asked for anew when the server says so. */
export const useDocuments = defineStore('documents', () => {
  const meeting = ref('')
  const held = shallowRef<DocumentList>(NOTHING)
  const loading = ref(false)
  const problem = shallowRef<unknown>(null)
  /** 0 to 1 while something is being uploaded. */
  const uploading = ref<number | null>(null)

  const groups = computed(() => groupDocuments(held.value.documents, held.value.agenda))
  const agenda = computed(() => held.value.agenda)
  const mostBytes = computed(() => held.value.mostBytes)
  const count = computed(() => held.value.documents.filter((each) => !each.takenBack).length)

  async function load(id: string = meeting.value): Promise<void> {
    meeting.value = id
    loading.value = true
    try {
      const fresh = await listDocuments(id)
      if (meeting.value !== id) return
      held.value = fresh
      problem.value = null
    } catch (error) {
      problem.value = error
    } finally {
      loading.value = false
    }
  }

  async function upload(wanted: NewDocument): Promise<void> {
    uploading.value = 0
    try {
      await uploadDocument(meeting.value, wanted, (share) => (uploading.value = share))
    } finally {
      uploading.value = null
    }
    await load()
  }

  const find = (id: string) => held.value.documents.find((document) => document.id === id)

  async function takeBack(id: string): Promise<void> {
    await takeBackDocument(meeting.value, id)
    await load()
  }
  async function giveOut(id: string): Promise<void> {
    await giveOutDocument(meeting.value, id)
    await load()
  }
  async function remove(id: string): Promise<void> {
    await removeDocument(meeting.value, id)
    await load()
  }

  function clear(): void {
    meeting.value = ''
    held.value = NOTHING
    problem.value = null
  }

  return {
    meeting,
    groups,
    agenda,
    mostBytes,
    count,
    loading,
    problem,
    uploading,
    load,
    upload,
    find,
    takeBack,
    giveOut,
    remove,
    clear,
  }
})
