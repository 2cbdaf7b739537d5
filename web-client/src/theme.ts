import { ref, watchEffect } from 'vue'
import { usePreferences, type Theme } from './stores/preferences'

/** What the page that is shown wants whatever was chosen: a hall is dark. */
export const pageTheme = ref<'dark' | null>(null)

export function themeOf(
  chosen: Theme,
  system: 'light' | 'dark',
  page: 'dark' | null,
): 'light' | 'dark' {
  return page ?? (chosen === 'auto' ? system : chosen)
}

/** Keeps the document in the theme that holds now, also when the system's changes. */
export function followTheme(): void {
  const preferences = usePreferences()
  const query = matchMedia('(prefers-color-scheme: dark)')
  const dark = ref(query.matches)
  query.addEventListener('change', (event) => (dark.value = event.matches))
  watchEffect(() => {
    const system = dark.value ? 'dark' : 'light'
    document.documentElement.dataset.theme = themeOf(
      preferences.values.theme,
      system,
      pageTheme.value,
    )
  })
}
