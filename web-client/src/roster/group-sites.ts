import type { Level, Site } from '@/protocol/types'
import { matchesSearch } from './fold-tone-marks'

/**
 * Who stands where in the roster: the bench that runs the meeting, the province, its departments,
 * then one group for each district with its communes. Since mid 2025 there are no districts: such
 * communes stand right under the province and make one group.
 */
export interface SiteGroup {
  key: string
  kind: 'bench' | Level
  /** The district's name; empty where the kind alone names the group. */
  name: string
  sites: Site[]
  connected: number
  /** All of the group, also while a search shows only some. */
  total: number
}

const KIND_ORDER: SiteGroup['kind'][] = ['bench', 'province', 'department', 'district', 'commune']
const collator = new Intl.Collator('vi', { numeric: true })

export function groupSites(sites: Iterable<Site>): SiteGroup[] {
  const all = [...sites]
  const provinces = new Set(
    all.flatMap((site) => {
      if (site.level === 'province') return [site.unit]
      return site.level === 'commune' ? [] : [site.parent]
    }),
  )
  const groups = new Map<string, SiteGroup>()
  for (const site of all) {
    const place = placeOf(site, provinces)
    const group = groups.get(place.key) ?? { ...place, sites: [], connected: 0, total: 0 }
    groups.set(place.key, group)
    // The communes know their district as a unit; the district's own site may have another name.
    if (site.level === 'commune' && group.kind === 'district') group.name = site.parentName
    group.sites.push(site)
    group.total += 1
    if (site.state === 'connected') group.connected += 1
  }
  const ordered = [...groups.values()]
  ordered.forEach((group) => group.sites.sort(bySeniority))
  return ordered.sort(byRank)
}

/** Groups with only the sites that match; empty groups are left out. Counts stay the group's own. */
export function searchGroups(groups: SiteGroup[], query: string): SiteGroup[] {
  if (query.trim() === '') return groups
  return groups.flatMap((group) => {
    const sites = group.sites.filter((site) =>
      matchesSearch(`${site.name} ${group.name} ${site.unit}`, query),
    )
    return sites.length > 0 ? [{ ...group, sites }] : []
  })
}

export type RosterRow =
  | { type: 'group'; key: string; group: SiteGroup; open: boolean }
  | { type: 'site'; key: string; site: Site; group: SiteGroup; position: number }

/** What is to be drawn, top to bottom, when these groups are closed. */
export function flattenGroups(groups: SiteGroup[], closed: ReadonlySet<string>): RosterRow[] {
  return groups.flatMap((group): RosterRow[] => {
    const open = !closed.has(group.key)
    const head: RosterRow = { type: 'group', key: `group:${group.key}`, group, open }
    if (!open) return [head]
    const rows = group.sites.map((site, index): RosterRow => ({
      type: 'site',
      key: site.seat,
      site,
      group,
      position: index + 1,
    }))
    return [head, ...rows]
  })
}

function placeOf(
  site: Site,
  provinces: ReadonlySet<string>,
): Omit<SiteGroup, 'sites' | 'connected' | 'total'> {
  if (site.role === 'chair' || site.role === 'secretary' || site.role === 'admin') {
    return { key: 'bench', kind: 'bench', name: '' }
  }
  if (site.level === 'district') return { key: site.unit, kind: 'district', name: site.name }
  if (site.level === 'commune' && site.parent !== '' && !provinces.has(site.parent)) {
    return { key: site.parent, kind: 'district', name: site.parentName }
  }
  return { key: site.level, kind: site.level, name: '' }
}

const levelRank = (site: Site): number => (site.level === 'commune' ? 1 : 0)

function bySeniority(a: Site, b: Site): number {
  return levelRank(a) - levelRank(b) || a.order - b.order || collator.compare(a.name, b.name)
}

function byRank(a: SiteGroup, b: SiteGroup): number {
  return (
    KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) ||
    (a.sites[0]?.order ?? 0) - (b.sites[0]?.order ?? 0) ||
    collator.compare(a.name, b.name)
  )
}
