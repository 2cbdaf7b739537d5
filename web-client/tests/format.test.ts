import { describe, expect, it } from 'vitest'
import { byteSize, clockTime, dateTime } from '@/format'

describe('figures', () => {
  it('show hours always, so that nothing jumps', () => {
    expect(clockTime(4_328_999)).toBe('01:12:08')
    expect(clockTime(-5)).toBe('00:00:00')
  })

  it('put the day before the month in both languages', () => {
    const moment = '2026-07-02T12:00:00'
    expect(dateTime(moment, 'vi')).toBe('12:00, 02/07/2026')
    expect(dateTime(moment, 'en')).toBe('12:00, 02/07/2026')
    expect(dateTime('no moment', 'vi')).toBe('')
  })

  it('count bytes in thousands, with the comma of the language', () => {
    expect(byteSize(1_540_000_000, 'vi')).toBe('1,5 GB')
    expect(byteSize(912_000_000, 'en')).toBe('912 MB')
  })
})
