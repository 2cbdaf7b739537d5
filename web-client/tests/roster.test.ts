import { describe, expect, it } from 'vitest'
import { foldToneMarks, matchesSearch } from '@/roster/fold-tone-marks'
import { flattenGroups, groupSites, searchGroups } from '@/roster/group-sites'
import { visibleWindow } from '@/roster/visible-window'
import { site } from './messages'

const PROVINCE = [
  site({ unit: 'HD', name: 'UBND tỉnh', level: 'province', role: 'chair', seat: 'HD/chair' }),
  site({ unit: 'HD-SNV', name: 'Sở Nội vụ', level: 'department', parent: 'HD', order: 2 }),
  site({
    unit: 'HD-STP',
    name: 'Sở Tư pháp',
    level: 'department',
    parent: 'HD',
    order: 1,
    state: 'absent',
  }),
  site({ unit: 'HD-TM', name: 'TT Thanh Miện', level: 'district', parent: 'HD', order: 20 }),
  site({ unit: 'HD-KT', name: 'UBND huyện Kim Thành', level: 'district', parent: 'HD', order: 10 }),
  site({ unit: 'C2', name: 'Xã Lê Hồng', parent: 'HD-TM', parentName: 'H. Thanh Miện', order: 2 }),
  site({
    unit: 'C1',
    name: 'Xã Cao Thắng',
    parent: 'HD-TM',
    parentName: 'H. Thanh Miện',
    order: 1,
  }),
]

describe('roster groups', () => {
  it('stand by level of the tree, each district with its communes', () => {
    const groups = groupSites(PROVINCE)
    expect(groups.map((group) => group.key)).toEqual(['bench', 'department', 'HD-KT', 'HD-TM'])
    expect(groups[3]?.sites.map((each) => each.unit)).toEqual(['HD-TM', 'C1', 'C2'])
    expect(groups[3]?.name).toBe('H. Thanh Miện')
  })

  it('count who is connected', () => {
    const departments = groupSites(PROVINCE).find((group) => group.kind === 'department')
    expect(departments).toMatchObject({ connected: 1, sites: { length: 2 } })
  })

  it('put communes right under the province into one group, as since mid 2025', () => {
    const groups = groupSites([
      site({ unit: 'HP', name: 'UBND thành phố', level: 'province' }),
      site({ unit: 'P1', name: 'Phường Một', parent: 'HP' }),
      site({ unit: 'X2', name: 'Xã Hai', parent: 'HP' }),
    ])
    expect(groups.map((group) => [group.key, group.sites.length])).toEqual([
      ['province', 1],
      ['commune', 2],
    ])
  })

  it('fold away when closed', () => {
    const groups = groupSites(PROVINCE)
    const rows = flattenGroups(groups, new Set(['HD-TM', 'department']))
    expect(rows.map((row) => row.key)).toEqual([
      'group:bench',
      'HD/chair',
      'group:department',
      'group:HD-KT',
      'HD-KT/site',
      'group:HD-TM',
    ])
  })

  it('do not change the order of the sites they were given', () => {
    const before = PROVINCE.map((each) => each.unit)
    groupSites(PROVINCE)
    expect(PROVINCE.map((each) => each.unit)).toEqual(before)
  })
})

describe('search', () => {
  it('forgives tone marks and đ', () => {
    expect(foldToneMarks('  Xã  Đông Xuyên ')).toBe('xa dong xuyen')
    expect(matchesSearch('UBND huyện Kim Thành', 'kim thanh')).toBe(true)
    expect(matchesSearch('Xã Đông Xuyên', 'ĐONG XUYÊN')).toBe(true)
  })

  it('reads composed and decomposed letters alike', () => {
    expect(matchesSearch('Xã Lê Hồng'.normalize('NFD'), 'Lê Hồng'.normalize('NFC'))).toBe(true)
  })

  it('takes words in any order and wants all of them', () => {
    expect(matchesSearch('UBND xã Cao Thắng', 'thang cao')).toBe(true)
    expect(matchesSearch('UBND xã Cao Thắng', 'cao xa la')).toBe(false)
  })

  it('finds a district by its name with all its communes, counts unchanged', () => {
    const found = searchGroups(groupSites(PROVINCE), 'thanh mien')
    expect(found).toHaveLength(1)
    expect(found[0]?.sites).toHaveLength(3)
    expect(searchGroups(groupSites(PROVINCE), 'le hong')[0]).toMatchObject({
      connected: 3,
      total: 3,
    })
  })

  it('leaves everything when nothing is asked', () => {
    expect(searchGroups(groupSites(PROVINCE), '  ')).toHaveLength(4)
  })
})

describe('the window of drawn rows', () => {
  it('covers the view and a few rows around it', () => {
    expect(visibleWindow(1000, 40, 4000, 400, 5)).toEqual({ first: 95, end: 115 })
  })

  it('stays within the list', () => {
    expect(visibleWindow(3, 40, 0, 400)).toEqual({ first: 0, end: 3 })
    expect(visibleWindow(0, 40, 900, 400)).toEqual({ first: 0, end: 0 })
    expect(visibleWindow(10, 40, 9000, 400)).toEqual({ first: 10, end: 10 })
  })
})
