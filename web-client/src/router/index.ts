import { ref } from 'vue'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { answered, part, PartMissing } from '@/persist'
import { useSession } from '@/stores/session'

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/meetings' },
  {
    path: '/sign-in',
    name: 'sign-in',
    component: part(() => import('@/pages/SignInPage.vue')),
    meta: { open: true },
  },
  {
    path: '/join',
    name: 'join',
    component: part(() => import('@/pages/JoinPage.vue')),
    meta: { open: true },
  },
  {
    path: '/kiosk',
    name: 'kiosk',
    // Together with all it needs: a hall that comes back must not miss a part while the line is out.
    component: part(() => import('@/pages/KioskPage.vue')),
    meta: { open: true, unattended: true },
  },
  { path: '/devices', name: 'devices', component: part(() => import('@/pages/DevicesPage.vue')) },
  {
    path: '/meetings',
    name: 'meetings',
    component: part(() => import('@/pages/MeetingsPage.vue')),
  },
  {
    path: '/meetings/new',
    name: 'plan-new',
    component: part(() => import('@/pages/PlanPage.vue')),
  },
  {
    path: '/meetings/:id/plan',
    name: 'plan',
    component: part(() => import('@/pages/PlanPage.vue')),
    props: true,
  },
  {
    path: '/meetings/:id/links',
    name: 'links',
    component: part(() => import('@/pages/LinksPage.vue')),
    props: true,
  },
  {
    path: '/meetings/:id/checks',
    name: 'checks',
    component: part(() => import('@/pages/ChecksPage.vue')),
    props: true,
  },
  {
    path: '/meetings/:id/check',
    name: 'check',
    component: part(() => import('@/pages/CheckPage.vue')),
    props: true,
  },
  {
    path: '/meetings/:id',
    name: 'meeting',
    component: part(() => import('@/pages/MeetingPage.vue')),
    props: true,
  },
  {
    path: '/test-room',
    name: 'test-room',
    component: part(() => import('@/pages/TestRoomPage.vue')),
  },
  {
    path: '/recordings',
    name: 'recordings',
    component: part(() => import('@/pages/RecordingsPage.vue')),
  },
  {
    path: '/recordings/:id',
    name: 'player',
    component: part(() => import('@/pages/PlayerPage.vue')),
    props: true,
  },
  {
    path: '/:path(.*)*',
    name: 'not-found',
    component: part(() => import('@/pages/NotFoundPage.vue')),
    meta: { open: true },
  },
]

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

/** Where the page is going, and where it could not get because a part of it did not come. */
export const opening = ref('')
export const unopened = ref('')

router.beforeEach((to) => {
  opening.value = to.fullPath
  unopened.value = ''
})
router.afterEach(() => (opening.value = ''))
router.onError((error, to) => {
  opening.value = ''
  if (!(error instanceof PartMissing)) return
  unopened.value = to.fullPath
  if (to.meta.unattended === true)
    void answered(to.fullPath).then(() => location.assign(to.fullPath))
})
router.beforeEach(async (to) => {
  if (to.meta.open === true || (await useSession().restore())) return true
  return { name: 'sign-in', query: { next: to.fullPath } }
})
