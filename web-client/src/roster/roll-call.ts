import type { Attendance, Presence } from '@/protocol/control'
import type { Seat, Site } from '@/protocol/types'
import { groupSites } from './group-sites'

/** The roll call as it is read out: the expected sites by district, then commune. */
export interface RollCallRow {
  site: Site
  answer: Attendance
}
export interface RollCallGroup {
  key: string
  name: string
  kind: string
  rows: RollCallRow[]
}
export type RollCallCounts = Record<Presence, number> & { total: number; present: number }

const unanswered = (seat: Seat): Attendance => ({
  seat,
  presence: 'unanswered',
  late: false,
  person: '',
  position: '',
  reason: '',
  consent: '',
})

export function rollCallGroups(
  sites: Iterable<Site>,
  attendance: ReadonlyMap<Seat, Attendance>,
): RollCallGroup[] {
  return groupSites([...sites].filter((site) => site.expected)).map((group) => ({
    key: group.key,
    name: group.name,
    kind: group.kind,
    rows: group.sites.map((site) => ({
      site,
      answer: attendance.get(site.seat) ?? unanswered(site.seat),
    })),
  }))
}

export function countRollCall(groups: readonly RollCallGroup[]): RollCallCounts {
  const counts = { unanswered: 0, head: 0, substitute: 0, absent: 0, total: 0, present: 0 }
  for (const { answer } of groups.flatMap((group) => group.rows)) {
    counts[answer.presence] += 1
    counts.total += 1
  }
  counts.present = counts.head + counts.substitute
  return counts
}
