import { defineStore } from 'pinia'
import { reactive, watch } from 'vue'

export const LOCALES = ['vi', 'en'] as const
export type Locale = (typeof LOCALES)[number]
export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export interface Preferences {
  locale: Locale
  theme: Theme
  microphoneId: string
  cameraId: string
  speakerId: string
  cameraOn: boolean
}

const KEY = 'diemcau.preferences'
const DEFAULTS: Preferences = {
  locale: 'vi',
  theme: 'auto',
  microphoneId: '',
  cameraId: '',
  speakerId: '',
  cameraOn: true,
}

/** Keeps only what is known and of the right kind: the store may have been written by another version. */
export function readPreferences(raw: string | null): Preferences {
  try {
    const stored = JSON.parse(raw ?? '{}') as Record<string, unknown>
    const string = (name: keyof Preferences) =>
      typeof stored[name] === 'string' ? (stored[name] as string) : ''
    return {
      locale: LOCALES.find((locale) => locale === stored.locale) ?? DEFAULTS.locale,
      theme: THEMES.find((theme) => theme === stored.theme) ?? DEFAULTS.theme,
      microphoneId: string('microphoneId'),
      cameraId: string('cameraId'),
      speakerId: string('speakerId'),
      cameraOn: typeof stored.cameraOn === 'boolean' ? stored.cameraOn : DEFAULTS.cameraOn,
    }
  } catch {
    return { ...DEFAULTS }
  }
}

/** What this browser remembers. A browser that forbids storage only forgets. */
export const usePreferences = defineStore('preferences', () => {
  const values = reactive(readPreferences(load()))
  watch(values, () => save(JSON.stringify(values)))
  return { values }
})

function load(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

function save(value: string): void {
  try {
    localStorage.setItem(KEY, value)
  } catch {
    // Private windows may refuse; the choice then holds until the page is closed.
  }
}
