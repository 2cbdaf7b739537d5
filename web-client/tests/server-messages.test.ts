import { describe, expect, it } from 'vitest'
import { MAX_SERVER_MESSAGE, parseServerMessage } from '@/protocol/server-messages'
import { WELCOME } from './messages'

const parse = (value: unknown) => parseServerMessage(JSON.stringify(value))

describe('messages of the server', () => {
  it('reads the welcome of PROTOCOL.md', () => {
    const parsed = parse(WELCOME)
    expect(parsed).toMatchObject({
      ok: true,
      message: {
        type: 'welcome',
        meeting: { title: 'Hội nghị CCHC quý III' },
        self: { role: 'site' },
        sites: [{ parentName: 'UBND thành phố Hải Dương', level: 'commune', line: 'good' }],
        stage: { layout: 'grid', width: 1280, tiles: [{ w: 640, floor: false }] },
        second: null,
        recording: { state: 'none' },
      },
    })
  })

  it.each([
    [
      { type: 'joined', id: 3, sdp: 'v=0', seat: 'A/site' },
      { id: 3, sdp: 'v=0', seat: 'A/site' },
    ],
    [{ type: 'ok', id: 4 }, { id: 4 }],
    [{ type: 'second', seat: null }, { seat: null }],
    [
      { type: 'wish', layout: 'grid', pinned: ['A/site'] },
      { wish: { layout: 'grid', pinned: ['A/site'] } },
    ],
    [
      { ...WELCOME, wish: { layout: 'of.a.newer.server', pinned: [] } },
      { wish: { layout: 'auto', pinned: [] } },
    ],
    [{ ...WELCOME, wish: null }, { wish: null }],
    [{ type: 'second', seat: 'A/site' }, { seat: 'A/site' }],
    [
      { type: 'notice', seat: 'A/site', kind: 'echo', active: true },
      { notice: { seat: 'A/site', kind: 'echo' }, active: true },
    ],
    [
      { type: 'notice', seat: 'A/site', kind: 'of.a.newer.server', active: false },
      { notice: { seat: 'A/site', kind: 'other' }, active: false },
    ],
    [{ type: 'speaking', seats: ['A', 'B'] }, { seats: ['A', 'B'] }],
    [{ type: 'closed', code: 'replaced', detail: 'x' }, { code: 'replaced' }],
    [
      { type: 'error', code: 'meeting.full', title: 'Đủ chỗ', detail: 'full' },
      { id: null, title: 'Đủ chỗ' },
    ],
    [
      {
        type: 'uplink',
        camera: { active: true, width: 640, height: 360, fps: 25, bitrate: 6e5, thumbnail: true },
        screen: { active: false },
      },
      {
        camera: { active: true, height: 360, thumbnail: true },
        screen: { active: false, bitrate: 0, thumbnail: false },
      },
    ],
    [
      { type: 'sites', sites: WELCOME.sites },
      { sites: [{ seat: 'HD-10507/site', state: 'connected' }] },
    ],
    [
      { type: 'view', kind: 'site', seat: 'A/site' },
      { view: { kind: 'site', seat: 'A/site', pages: 0, tiles: [] } },
    ],
    [
      {
        type: 'view',
        kind: 'wall',
        seat: null,
        page: 1,
        pages: 5,
        canvas: { width: 1280, height: 720 },
        tiles: [{ seat: 'A/site', x: 160, y: 0, w: 160, h: 90, state: 'waiting' }],
      },
      {
        view: {
          kind: 'wall',
          page: 1,
          pages: 5,
          width: 1280,
          tiles: [{ seat: 'A/site', x: 160, state: 'waiting' }],
        },
      },
    ],
    [
      { type: 'line', level: 'slides' },
      { level: 'slides', most: null },
    ],
    [
      { type: 'line', level: '180p', most: '360p' },
      { level: '180p', most: '360p' },
    ],
    [
      { type: 'load', level: 1, shed: ['wall'], cpu: 0.41, sites: 266, limit: 300 },
      { load: { shed: ['wall'], cpu: 0.41, sites: 266, limit: 300 } },
    ],
  ])('reads %j', (sent, read) => {
    expect(parse(sent)).toMatchObject({ ok: true, message: { type: sent.type, ...read } })
  })

  it('does not mind fields it does not know', () => {
    expect(parse({ type: 'ok', id: 1, later: { deep: [1] } })).toMatchObject({ ok: true })
  })

  it('reads a word of a newer server as the unknown one', () => {
    const later = { ...WELCOME.sites[0], line: 'superb', state: 'dreaming' }
    expect(parse({ type: 'site', site: later })).toMatchObject({
      ok: true,
      message: { site: { line: 'unknown', state: 'absent' } },
    })
  })

  it('tells an unknown type from a malformed one', () => {
    expect(parse({ type: 'vote' })).toEqual({ ok: false, reason: 'unknown', field: 'vote' })
    expect(parse({ type: 'constructor' })).toMatchObject({ reason: 'unknown' })
    expect(parse({ type: '__proto__' })).toMatchObject({ reason: 'unknown' })
  })

  it.each([
    ['nothing', ''],
    ['half an object', '{"type":"ok"'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a type of the wrong kind', '{"type":7}'],
    ['an id of the wrong kind', '{"type":"ok","id":"1"}'],
    ['an id below one', '{"type":"ok","id":0}'],
    ['seats that are no list', '{"type":"speaking","seats":"A"}'],
    ['a seat that is no text', '{"type":"speaking","seats":[{}]}'],
    ['a stage without canvas', '{"type":"stage","layout":"grid","tiles":[]}'],
    [
      'a canvas of no size',
      '{"type":"stage","layout":"grid","canvas":{"width":0,"height":1},"tiles":[]}',
    ],
    [
      'an endless canvas',
      '{"type":"stage","layout":"grid","canvas":{"width":1e9,"height":1},"tiles":[]}',
    ],
    [
      'a microphone that is a number',
      '{"type":"site","site":{"seat":"A","unit":"A","name":"A","microphone":1}}',
    ],
    ['a site without seat', '{"type":"site","site":{"unit":"A","name":"A"}}'],
    ['a line of an unknown level', '{"type":"line","level":"8k"}'],
    ['a wall without tiles', '{"type":"view","kind":"wall","seat":null,"page":0,"pages":1}'],
    [
      'something shed that is no word',
      '{"type":"load","level":1,"shed":[7],"cpu":0,"sites":0,"limit":0}',
    ],
    ['an uplink that is text', '{"type":"uplink","camera":"yes","screen":{"active":false}}'],
  ])('refuses %s', (_what, frame) => {
    expect(parseServerMessage(frame)).toMatchObject({ ok: false, reason: 'malformed' })
  })

  it('refuses what is too much', () => {
    expect(parseServerMessage(' '.repeat(MAX_SERVER_MESSAGE + 1))).toMatchObject({ ok: false })
    expect(parse({ type: 'joined', id: 1, seat: 'A', sdp: 'x'.repeat(200_000) })).toMatchObject({
      field: 'sdp',
    })
    expect(parse({ type: 'speaking', seats: Array(6000).fill('A') })).toMatchObject({
      field: 'seats',
    })
  })

  it('refuses binary frames', () => {
    expect(parseServerMessage(new ArrayBuffer(8))).toMatchObject({ ok: false, field: 'frame' })
  })
})
