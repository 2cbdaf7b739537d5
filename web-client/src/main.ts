import { createPinia } from 'pinia'
import { createApp, watch } from 'vue'
import App from './App.vue'
import './debug'
import { i18n, useLocale } from './locales'
import { router } from './router'
import { usePreferences } from './stores/preferences'
import { followTheme } from './theme'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'

const app = createApp(App).use(createPinia()).use(i18n).use(router)
const preferences = usePreferences()

watch(() => preferences.values.locale, useLocale, { immediate: true })
followTheme()

app.mount('#app')
