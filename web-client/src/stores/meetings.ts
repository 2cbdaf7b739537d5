import { defineStore } from 'pinia'
import { listMeetings } from '@/protocol/api'
import { loadable } from './loadable'

export const useMeetings = defineStore('meetings', () => loadable(listMeetings))
