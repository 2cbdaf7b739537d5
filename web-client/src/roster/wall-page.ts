import type { Site, Tile } from '@/protocol/types'
import type { SiteGroup } from './group-sites'

/** One place on a page of the wall; `site` is missing for a seat that is no longer listed. */
export interface WallTile extends Tile {
  site: Site | undefined
}

export interface WallPage {
  tiles: WallTile[]
  /** The groups of the roster on this page, in its own order. */
  groups: SiteGroup[]
  connected: number
}

/** A page of the wall as the roster knows its sites. */
export function wallPage(
  tiles: readonly Tile[],
  sites: ReadonlyMap<string, Site>,
  groups: readonly SiteGroup[],
): WallPage {
  const groupOf = new Map(groups.flatMap((group) => group.sites.map((site) => [site.seat, group])))
  const here = new Set<SiteGroup>()
  let connected = 0
  const known = tiles.map((tile): WallTile => {
    const site = sites.get(tile.seat)
    const group = groupOf.get(tile.seat)
    if (group) here.add(group)
    if (site?.state === 'connected') connected += 1
    return { ...tile, site }
  })
  return { tiles: known, groups: [...here], connected }
}

export type Direction = 'left' | 'right' | 'up' | 'down'

/**
 * The tile one step on in that direction: left and right in reading order, up and down to the
 * nearest of the next row. Null at the edge of the page.
 */
export function neighbour(
  tiles: readonly Tile[],
  from: number,
  direction: Direction,
): number | null {
  const tile = tiles[from]
  if (!tile) return tiles.length > 0 ? 0 : null
  if (direction === 'left') return from > 0 ? from - 1 : null
  if (direction === 'right') return from + 1 < tiles.length ? from + 1 : null
  const sign = direction === 'down' ? 1 : -1
  let best: number | null = null
  let least = Infinity
  tiles.forEach((other, index) => {
    const rows = sign * (other.y - tile.y)
    if (rows <= 0) return
    // A row nearer always wins over a column nearer.
    const far = rows * 1e5 + Math.abs(other.x - tile.x)
    if (far < least) [best, least] = [index, far]
  })
  return best
}
