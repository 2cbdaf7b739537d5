import { describe, expect, it } from 'vitest'
import {
  bodyOf,
  emptyDraft,
  itemTimes,
  moveItem,
  newItem,
  propose,
  toLocal,
} from '@/planning/draft'
import { branchesOf, searchBranches, selectorOf, share, toggled } from '@/planning/unit-tree'
import type { Unit } from '@/protocol/planning'

const unit = (code: string, parent: string, level: Unit['level'], name = code): Unit => ({
  code,
  parent,
  level,
  name,
})
const communes = (district: string, count: number) =>
  Array.from({ length: count }, (_, i) => unit(`${district}${i + 1}`, district, 'commune'))
const UNITS = [
  unit('P', '', 'province', 'UBND tỉnh'),
  unit('S1', 'P', 'department', 'Sở Nội vụ'),
  unit('S2', 'P', 'department', 'Sở Tư pháp'),
  unit('A', 'P', 'district', 'UBND huyện Thanh Miện'),
  ...communes('A', 8),
  unit('B', 'P', 'district', 'UBND huyện Kim Thành'),
  ...communes('B', 8),
]
const codes = (...names: string[]) => new Set(names)
const every = (test: (unit: Unit) => boolean) =>
  new Set(UNITS.filter(test).map((each) => each.code))

describe('what was chosen is said as a person would', () => {
  it.each([
    ['nobody', codes(), ''],
    ['all', every(() => true), 'all'],
    ['single sites', codes('S1', 'A3'), 'S1,A3'],
    ['every commune of one district', every((u) => u.parent === 'A'), 'A/commune'],
    [
      'every commune of one district but one, with the district',
      every((u) => (u.parent === 'A' || u.code === 'A') && u.code !== 'A3'),
      'A,A/commune,-A3',
    ],
    ['every commune', every((u) => u.level === 'commune'), 'P/commune'],
    ['province and departments', codes('P', 'S1', 'S2'), 'P,P/department'],
    ['half a district, one by one', codes('A1', 'A2', 'A3', 'A4'), 'A1,A2,A3,A4'],
  ])('%s', (_, chosen, said) => expect(selectorOf(UNITS, chosen)).toBe(said))
})

describe('the tree', () => {
  it('has a branch for the province and one for each district', () => {
    expect(branchesOf(UNITS).map((each) => [each.key, each.units.length])).toEqual([
      ['P', 2],
      ['A', 8],
      ['B', 8],
    ])
  })

  it('makes one branch of all communes where there are no districts', () => {
    const flat = [unit('P', '', 'province'), ...communes('P', 3)]
    expect(branchesOf(flat).map((each) => each.kind)).toEqual(['province', 'commune'])
  })

  it('is searched without tone marks; a district keeps its communes', () => {
    const found = searchBranches(branchesOf(UNITS), 'thanh mien')
    expect(found.map((each) => [each.key, each.units.length])).toEqual([['A', 8]])
    expect(searchBranches(branchesOf(UNITS), 'noi vu')[0]?.units[0]?.code).toBe('S1')
    expect(searchBranches(branchesOf(UNITS), 'khong co')).toEqual([])
  })

  it('fills and empties a whole branch in one gesture', () => {
    const branch = branchesOf(UNITS)[1]?.units ?? []
    expect(share(branch, codes('A1'))).toBe('some')
    const full = toggled(codes('A1', 'S1'), branch)
    expect(share(branch, full)).toBe('all')
    expect([...toggled(full, branch)]).toEqual(['S1'])
  })
})

describe('a draft', () => {
  const draft = () => ({ ...emptyDraft(), startsAt: '2031-11-24T08:00', chosen: codes('P') })

  it('is sent in composed letters, without blank items', () => {
    const written = {
      ...draft(),
      title: ' Ho\u0323p ',
      agenda: [newItem(), { ...newItem(), title: 'x' }],
    }
    const body = bodyOf(written, UNITS)
    expect(body.title).toBe('Họp')
    expect(body.agenda.map((item) => item.title)).toEqual(['x'])
    expect(body.expect).toBe('P')
    expect(toLocal(body.starts_at ?? '')).toBe('2031-11-24T08:00')
    expect(body.ends_at).toBeNull()
  })

  it('takes an end and a speaking time from its kind, but only where none was set', () => {
    const kind = { code: 'briefing', minutes: 120, longestMinutes: 240, speakingMinutes: 5 }
    const open = draft()
    propose(open, kind)
    expect([open.endsAt, open.speakingMinutes]).toEqual(['2031-11-24T10:00', 5])
    const set = { ...draft(), endsAt: '2031-11-24T09:00', speakingMinutes: 3 }
    propose(set, kind)
    expect([set.endsAt, set.speakingMinutes]).toEqual(['2031-11-24T09:00', 3])
  })

  it('says when each item begins until a length is missing', () => {
    const lengths = [5, 30, 0, 10].map((minutes) => ({ ...newItem(), minutes }))
    expect(itemTimes({ ...draft(), agenda: lengths })).toEqual(['08:00', '08:05', '08:35', ''])
  })

  it('moves an item by one and not over the edge', () => {
    const plan = { ...draft(), agenda: ['a', 'b', 'c'].map((title) => ({ ...newItem(), title })) }
    expect(moveItem(plan, 0, 1)).toBe(1)
    expect(plan.agenda.map((item) => item.title)).toEqual(['b', 'a', 'c'])
    expect(moveItem(plan, 2, 1)).toBe(2)
    expect(moveItem(plan, 0, -1)).toBe(0)
  })
})
