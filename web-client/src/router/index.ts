import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { useSession } from '@/stores/session'

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/meetings' },
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('@/pages/SignInPage.vue'),
    meta: { open: true },
  },
  {
    path: '/join',
    name: 'join',
    component: () => import('@/pages/JoinPage.vue'),
    meta: { open: true },
  },
  {
    path: '/kiosk',
    name: 'kiosk',
    // Together with all it needs: a hall that comes back must not miss a part while the line is out.
    component: () => import('@/pages/KioskPage.vue'),
    meta: { open: true },
  },
  { path: '/devices', name: 'devices', component: () => import('@/pages/DevicesPage.vue') },
  { path: '/meetings', name: 'meetings', component: () => import('@/pages/MeetingsPage.vue') },
  { path: '/meetings/new', name: 'plan-new', component: () => import('@/pages/PlanPage.vue') },
  {
    path: '/meetings/:id/plan',
    name: 'plan',
    component: () => import('@/pages/PlanPage.vue'),
    props: true,
  },
  {
    path: '/meetings/:id/links',
    name: 'links',
    component: () => import('@/pages/LinksPage.vue'),
    props: true,
  },
  {
    path: '/meetings/:id/checks',
    name: 'checks',
    component: () => import('@/pages/ChecksPage.vue'),
    props: true,
  },
  {
    path: '/meetings/:id/check',
    name: 'check',
    component: () => import('@/pages/CheckPage.vue'),
    props: true,
  },
  {
    path: '/meetings/:id',
    name: 'meeting',
    component: () => import('@/pages/MeetingPage.vue'),
    props: true,
  },
  { path: '/test-room', name: 'test-room', component: () => import('@/pages/TestRoomPage.vue') },
  {
    path: '/recordings',
    name: 'recordings',
    component: () => import('@/pages/RecordingsPage.vue'),
  },
  {
    path: '/recordings/:id',
    name: 'player',
    component: () => import('@/pages/PlayerPage.vue'),
    props: true,
  },
  {
    path: '/:path(.*)*',
    name: 'not-found',
    component: () => import('@/pages/NotFoundPage.vue'),
    meta: { open: true },
  },
]

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

router.beforeEach(async (to) => {
  if (to.meta.open === true || (await useSession().restore())) return true
  return { name: 'sign-in', query: { next: to.fullPath } }
})
