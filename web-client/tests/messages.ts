import type { Recording, Site } from '@/protocol/types'

/** One welcome as the server writes it. */
export const WELCOME = {
  type: 'welcome',
  protocol: 1,
  meeting: { id: 'm1', title: 'Hội nghị CCHC quý III', kind: 'giao ban', state: 'open' },
  self: { seat: 'HD-10507/site', unit: 'HD-10507', name: 'Phường Cẩm Thượng', role: 'site' },
  server_time: '2026-11-23T08:00:00Z',
  limit: 300,
  sites: [
    {
      seat: 'HD-10507/site',
      unit: 'HD-10507',
      name: 'UBND phường Cẩm Thượng',
      role: 'site',
      parent: 'HD-288',
      parent_name: 'UBND thành phố Hải Dương',
      level: 'commune',
      order: 12,
      state: 'connected',
      microphone: false,
      camera: true,
      screen: false,
      muted: false,
      line: 'good',
      expected: true,
    },
  ],
  stage: {
    type: 'stage',
    layout: 'grid',
    canvas: { width: 1280, height: 720 },
    tiles: [
      {
        seat: 'HD-10507/site',
        kind: 'camera',
        x: 0,
        y: 0,
        w: 640,
        h: 360,
        state: 'live',
        floor: false,
      },
    ],
  },
  second: null,
  recording: { type: 'recording', state: 'none', id: '', started_at: '', length: 0, problem: '' },
}

export function site(changes: Partial<Site> = {}): Site {
  return {
    seat: `${changes.unit ?? 'U'}/site`,
    unit: 'U',
    name: 'Đơn vị',
    role: 'site',
    parent: '',
    parentName: '',
    level: 'commune',
    order: 0,
    state: 'connected',
    microphone: false,
    camera: true,
    screen: false,
    muted: false,
    line: 'good',
    expected: true,
    ...changes,
  }
}

export function recording(changes: Partial<Recording> = {}): Recording {
  return { state: 'recording', id: 'r1', startedAt: '', length: 0, problem: '', ...changes }
}
