import { describe, expect, it } from 'vitest'
import { qrPath, QUIET_ZONE } from '@/links/qr-path'

/** The squares a path paints, as rows of "#" and ".". */
function drawn({ size, path }: { size: number; path: string }): string[] {
  const rows = Array.from({ length: size }, () => Array<string>(size).fill('.'))
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    for (let i = 0; i < Number(run); i++) rows[Number(y)]![Number(x) + i] = '#'
  return rows.map((row) => row.join(''))
}

describe('a QR code', () => {
  const link = `https://hop.haiduong.gov.vn/join#link=${'x'.repeat(43)}`
  const rows = drawn(qrPath(link))
  const finder = ['#######', '#.....#', '#.###.#', '#.###.#', '#.###.#', '#.....#', '#######']
  const corner = (x: number, y: number) => rows.slice(y, y + 7).map((row) => row.slice(x, x + 7))

  it('has its three finder patterns inside a quiet zone', () => {
    const far = rows.length - QUIET_ZONE - 7
    expect(corner(QUIET_ZONE, QUIET_ZONE)).toEqual(finder)
    expect(corner(far, QUIET_ZONE)).toEqual(finder)
    expect(corner(QUIET_ZONE, far)).toEqual(finder)
    expect(rows.slice(0, QUIET_ZONE).join('')).not.toContain('#')
    expect(rows.slice(-QUIET_ZONE).join('')).not.toContain('#')
  })

  it('stays small enough for a slip of paper: modules of half a millimetre on 3 cm', () => {
    expect(rows.length - 2 * QUIET_ZONE).toBeLessThanOrEqual(45)
  })

  it('differs with its text', () => {
    expect(qrPath(`${link}y`).path).not.toBe(qrPath(link).path)
  })
})
