import { describe, expect, it } from 'vitest'
import { groupSites } from '@/roster/group-sites'
import { neighbour, wallPage } from '@/roster/wall-page'
import { site } from './messages'

/** Rows of three, as the server lays them. */
const tiles = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    seat: `U${index}/site`,
    kind: 'camera',
    x: (index % 3) * 160,
    y: Math.floor(index / 3) * 90,
    w: 160,
    h: 90,
    state: 'live',
    floor: false,
  }))

describe('a page of the wall', () => {
  const sites = [
    site({ unit: 'U0', parent: 'D1', parentName: 'Huyện Thanh Miện', order: 1 }),
    site({ unit: 'U1', parent: 'D1', parentName: 'Huyện Thanh Miện', order: 2, state: 'absent' }),
    site({ unit: 'U2', parent: 'D2', parentName: 'Huyện Ninh Giang', order: 3 }),
    site({ unit: 'U9', parent: 'D3', parentName: 'Huyện Kim Thành', order: 4 }),
  ]
  const known = new Map(sites.map((each) => [each.seat, each]))

  it('names the districts on it and counts who is here', () => {
    const page = wallPage(tiles(3), known, groupSites(sites))
    expect(page.groups.map((group) => group.name)).toEqual(['Huyện Thanh Miện', 'Huyện Ninh Giang'])
    expect(page.connected).toBe(2)
  })

  it('keeps a place for a seat nobody lists any more', () => {
    const page = wallPage(tiles(4), known, groupSites(sites))
    expect(page.tiles).toHaveLength(4)
    expect(page.tiles[3]?.site).toBeUndefined()
  })

  it('may be empty', () => {
    expect(wallPage([], new Map(), [])).toEqual({ tiles: [], groups: [], connected: 0 })
  })
})

describe('walking over the tiles', () => {
  it.each([
    [0, 'right', 1],
    [2, 'right', 3],
    [3, 'left', 2],
    [1, 'down', 4],
    [4, 'up', 1],
    [5, 'down', 7],
    [7, 'right', null],
    [0, 'left', null],
    [0, 'up', null],
    [7, 'down', null],
  ] as const)('from %i %s is %j', (from, direction, to) => {
    // Eight tiles: the last row has only two.
    expect(neighbour(tiles(8), from, direction)).toBe(to)
  })

  it('begins at the first tile, where there is one', () => {
    expect(neighbour(tiles(2), 9, 'down')).toBe(0)
    expect(neighbour([], 0, 'down')).toBe(null)
  })
})
