/** The unit tree as the site picker shows it, and the selector that says what was chosen. Pure. */
import type { Unit } from '@/protocol/planning'
import type { Level } from '@/protocol/types'
import { matchesSearch } from '@/roster/fold-tone-marks'

/** The province with its departments, then one branch for each district (or one of all communes). */
export interface Branch {
  key: string
  /** The district itself, or the province; null where the branch is only a heading. */
  head: Unit | null
  kind: 'province' | 'district' | 'commune'
  units: Unit[]
}

export function branchesOf(units: Unit[]): Branch[] {
  const root = units.find((unit) => unit.parent === '')
  if (!root) return []
  const below = (code: string) => units.filter((unit) => unit.parent === code)
  const [districts, others] = [
    below(root.code).filter((unit) => unit.level === 'district'),
    below(root.code).filter((unit) => unit.level !== 'district'),
  ]
  const departments = others.filter((unit) => unit.level !== 'commune')
  const communes = others.filter((unit) => unit.level === 'commune')
  const branches: Branch[] = [
    { key: root.code, head: root, kind: 'province', units: departments },
    ...districts.map((district): Branch => ({
      key: district.code,
      head: district,
      kind: 'district',
      units: below(district.code),
    })),
  ]
  if (communes.length > 0)
    branches.push({ key: `${root.code}/commune`, head: null, kind: 'commune', units: communes })
  return branches
}

/** Branches with only what matches; a district found by its name keeps all its communes. */
export function searchBranches(branches: Branch[], query: string): Branch[] {
  if (query.trim() === '') return branches
  return branches.flatMap((branch) => {
    const named = branch.head !== null && matchesSearch(branch.head.name, query)
    const units =
      named && branch.kind === 'district'
        ? branch.units
        : branch.units.filter((unit) => matchesSearch(unit.name, query))
    return units.length > 0 || named ? [{ ...branch, units }] : []
  })
}

export const ofLevel = (units: Unit[], level: Level): Unit[] =>
  units.filter((unit) => unit.level === level)

/** How much of some units is chosen: for a box that is empty, half or full. */
export function share(units: Unit[], chosen: ReadonlySet<string>): 'none' | 'some' | 'all' {
  const count = units.filter((unit) => chosen.has(unit.code)).length
  if (count === 0) return 'none'
  return count === units.length ? 'all' : 'some'
}

/** All of them, or none when all were chosen already. */
export function toggled(chosen: ReadonlySet<string>, units: Unit[]): Set<string> {
  const next = new Set(chosen)
  const full = share(units, chosen) === 'all'
  for (const unit of units) {
    if (full) next.delete(unit.code)
    else next.add(unit.code)
  }
  return next
}

/** Of a whole level so few may be missing that it is still said as "all but". */
const FEW = 3

/**
 * What was chosen, in the server's words and as a person would say it: `all`, `HD/commune`,
 * `HD-300/commune,-HD-11293`, else one code after the other. Empty for nobody.
 */
export function selectorOf(units: Unit[], chosen: ReadonlySet<string>): string {
  const wanted = units.filter((unit) => chosen.has(unit.code))
  if (wanted.length === 0) return ''
  if (wanted.length === units.length) return 'all'
  const left = new Set(wanted.map((unit) => unit.code))
  const parts: string[] = []
  const say = (code: string, level: Level, members: Unit[]) => {
    const missing = members.filter((unit) => !left.has(unit.code))
    if (members.length < 2 || missing.length > FEW || missing.length * 4 > members.length) return
    parts.push(`${code}/${level}`, ...missing.map((unit) => `-${unit.code}`))
    members.forEach((unit) => left.delete(unit.code))
  }
  const root = units.find((unit) => unit.parent === '')
  if (root && left.delete(root.code)) parts.push(root.code)
  for (const level of ['department', 'district', 'commune'] as const)
    if (root) say(root.code, level, ofLevel(units, level))
  for (const district of ofLevel(units, 'district')) {
    if (left.delete(district.code)) parts.push(district.code)
    say(
      district.code,
      'commune',
      units.filter((unit) => unit.parent === district.code && unit.level === 'commune'),
    )
  }
  return [...parts, ...left].join(',')
}
