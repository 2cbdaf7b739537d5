import { defineStore } from 'pinia'
import { listRecordings } from '@/protocol/api'
import { loadable } from './loadable'

export const useRecordings = defineStore('recordings', () => loadable(listRecordings))
