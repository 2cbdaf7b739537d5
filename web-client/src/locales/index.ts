import { createI18n } from 'vue-i18n'
import type { Locale } from '@/stores/preferences'
import en from './en.json'
import vi from './vi.json'

export type MessageSchema = typeof vi

// The server's dotted codes ("disk.full") are paths below "error" and "recording.problem".
export const i18n = createI18n({
  legacy: false,
  locale: 'vi' as Locale,
  fallbackLocale: 'vi',
  messages: { vi, en } as Record<Locale, MessageSchema>,
})

/** The page's own language follows, for screen readers and hyphenation. */
export function useLocale(locale: Locale): void {
  i18n.global.locale.value = locale
  document.documentElement.lang = locale
}
