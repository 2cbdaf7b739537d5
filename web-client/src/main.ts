import { createPinia } from 'pinia'
import { createApp, watch, watchEffect } from 'vue'
import App from './App.vue'
import './debug'
import { i18n, useLocale } from './locales'
import { router } from './router'
import { usePreferences } from './stores/preferences'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'

const app = createApp(App).use(createPinia()).use(i18n).use(router)
const preferences = usePreferences()

watch(() => preferences.values.locale, useLocale, { immediate: true })

const prefersDark = matchMedia('(prefers-color-scheme: dark)')
function applyTheme(): void {
  const { theme } = preferences.values
  const dark = theme === 'dark' || (theme === 'auto' && prefersDark.matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
}
watchEffect(applyTheme)
prefersDark.addEventListener('change', applyTheme)

app.mount('#app')
