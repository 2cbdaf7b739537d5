/**
 * Reads unknown JSON field by field. Every reader bounds what it accepts and names the field it
 * refuses; extra fields are never looked at, so that either side may be newer.
 */

export class MalformedField extends Error {
  constructor(readonly field: string) {
    super(`malformed field: ${field}`)
  }
}

export type Fields = Record<string, unknown>

const NAME_LIMIT = 4096

export function fields(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedField(name)
  }
  return value as Fields
}

export function text(from: Fields, name: string, limit = NAME_LIMIT): string {
  const value = from[name]
  if (typeof value !== 'string' || value.length > limit) throw new MalformedField(name)
  return value
}

/** Absent or null reads as the fallback; the wrong kind is still refused. */
export function optionalText(
  from: Fields,
  name: string,
  fallback = '',
  limit = NAME_LIMIT,
): string {
  return from[name] === undefined || from[name] === null ? fallback : text(from, name, limit)
}

export function number(from: Fields, name: string, lowest: number, highest: number): number {
  const value = from[name]
  if (typeof value !== 'number' || !Number.isFinite(value) || value < lowest || value > highest) {
    throw new MalformedField(name)
  }
  return value
}

export function optionalNumber(
  from: Fields,
  name: string,
  lowest: number,
  highest: number,
  fallback: number,
): number {
  return from[name] === undefined || from[name] === null
    ? fallback
    : number(from, name, lowest, highest)
}

export function flag(from: Fields, name: string): boolean {
  const value = from[name]
  if (typeof value !== 'boolean') throw new MalformedField(name)
  return value
}

export function optionalFlag(from: Fields, name: string): boolean {
  return from[name] === undefined ? false : flag(from, name)
}

/** A word this client does not know yet reads as `fallback`. */
export function word<T extends string>(
  from: Fields,
  name: string,
  known: readonly T[],
  fallback: T,
): T {
  const value = optionalText(from, name, fallback)
  return (known as readonly string[]).includes(value) ? (value as T) : fallback
}

export function list<T>(
  from: Fields,
  name: string,
  limit: number,
  read: (item: unknown) => T,
): T[] {
  const value = from[name]
  if (!Array.isArray(value) || value.length > limit) throw new MalformedField(name)
  return value.map(read)
}
