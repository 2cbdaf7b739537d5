/** The technician's board: who has checked, what failed, by district. Pure. */
import type { Board, BoardSite, Finding, Verdict } from '@/protocol/checks'
import type { Site } from '@/protocol/types'
import { matchesSearch } from '@/roster/fold-tone-marks'
import { groupSites, type SiteGroup } from '@/roster/group-sites'

export const STANDINGS = ['bad', 'warn', 'ok', 'none'] as const
/** Of a site: the worst of its newest check, or that there is none. */
export type Standing = (typeof STANDINGS)[number]

export const ORDERS = ['worst', 'district'] as const
export type Order = (typeof ORDERS)[number]
/** Who needs help most; who has not been there yet needs a call more than who is well. */
const WORST_FIRST: readonly Standing[] = ['bad', 'warn', 'none', 'ok']

export interface BoardGroup {
  key: string
  /** What its sites have in common: a place in the roster, or how they stand. */
  kind: SiteGroup['kind'] | Standing
  name: string
  sites: BoardSite[]
  /** Of the whole group, also while a filter shows only some. */
  checked: number
  total: number
}

export function standingOf(site: BoardSite): Standing {
  const verdict: Verdict | undefined = site.checks[0]?.verdict
  return verdict === undefined ? 'none' : verdict === 'unknown' ? 'warn' : verdict
}

export function countStandings(sites: readonly BoardSite[]): Record<Standing, number> {
  const counts = { bad: 0, warn: 0, ok: 0, none: 0 }
  sites.forEach((site) => (counts[standingOf(site)] += 1))
  return counts
}

/** What needs doing, the worst first. */
export function troublesOf(site: BoardSite): Finding[] {
  const findings = site.checks[0]?.findings ?? []
  return [
    ...findings.filter((finding) => finding.verdict === 'bad'),
    ...findings.filter((finding) => finding.verdict === 'warn'),
  ]
}

/** Groups as in the roster of a meeting, with those sites alone that are asked for. */
export function groupBoard(
  sites: readonly BoardSite[],
  shown: ReadonlySet<Standing>,
  query: string,
): BoardGroup[] {
  const byUnit = new Map(sites.map((site) => [site.unit, site]))
  return groupSites(sites.map(asRosterSite)).flatMap((group): BoardGroup[] => {
    const all = group.sites.flatMap((site) => byUnit.get(site.unit) ?? [])
    const wanted = all.filter(
      (site) =>
        shown.has(standingOf(site)) &&
        matchesSearch(`${site.name} ${group.name} ${site.unit}`, query),
    )
    if (wanted.length === 0) return []
    return [
      {
        key: group.key,
        kind: group.kind,
        name: group.name,
        sites: wanted,
        checked: all.filter((site) => site.checks.length > 0).length,
        total: all.length,
      },
    ]
  })
}

/** One group for each standing, the worst first; in it those with the most troubles first. */
export function worstFirst(groups: readonly BoardGroup[]): BoardGroup[] {
  const sites = groups.flatMap((group) => group.sites)
  return WORST_FIRST.flatMap((standing): BoardGroup[] => {
    const alike = sites.filter((site) => standingOf(site) === standing)
    if (alike.length === 0) return []
    return [
      {
        key: standing,
        kind: standing,
        name: '',
        sites: alike.sort((a, b) => weightOf(b) - weightOf(a)),
        checked: standing === 'none' ? 0 : alike.length,
        total: alike.length,
      },
    ]
  })
}

/** What does not work counts for more than all that works badly. */
const weightOf = (site: BoardSite): number =>
  troublesOf(site).reduce((sum, finding) => sum + (finding.verdict === 'bad' ? 100 : 1), 0)

function asRosterSite(site: BoardSite): Site {
  return {
    seat: site.unit,
    unit: site.unit,
    name: site.name,
    role: 'site',
    parent: site.parent,
    parentName: site.parentName,
    level: site.level,
    order: site.order,
    state: 'absent',
    microphone: false,
    camera: false,
    screen: false,
    muted: false,
    line: 'unknown',
    expected: true,
  }
}

/** RFC 4180 with a byte order mark, so that office programs read the Vietnamese. */
export function toCsv(rows: readonly (readonly string[])[]): string {
  const cell = (value: string) => {
    // What begins like a formula would be carried out by a spreadsheet.
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return `\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

/** How long ago, in the largest unit that fits; against the server's clock. */
export function ageOf(at: string, board: Pick<Board, 'now'>, locale: string): string {
  const minutes = Math.max(0, (Date.parse(board.now) - Date.parse(at)) / 60_000)
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  if (minutes < 60) return format.format(-Math.round(minutes), 'minute')
  if (minutes < 48 * 60) return format.format(-Math.round(minutes / 60), 'hour')
  return format.format(-Math.round(minutes / 1440), 'day')
}
