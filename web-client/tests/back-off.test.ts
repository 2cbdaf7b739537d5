import { describe, expect, it } from 'vitest'
import { backOff, SIGNAL_BACK_OFF } from '@/signal/back-off'

const policy = { base: 100, factor: 2, ceiling: 1000 }

describe('back-off', () => {
  it('doubles with every failed attempt', () => {
    expect([0, 1, 2, 3].map((attempt) => backOff(attempt, 0, policy))).toEqual([50, 100, 200, 400])
  })

  it('never waits longer than the ceiling', () => {
    expect(backOff(50, 0.999, policy)).toBeLessThanOrEqual(1000)
    expect(backOff(50, 0, policy)).toBe(500)
  })

  it('spreads a crowd over the upper half of the step', () => {
    expect(backOff(2, 0, policy)).toBe(200)
    expect(backOff(2, 0.5, policy)).toBe(300)
    expect(backOff(2, 0.999, policy)).toBeLessThan(400)
  })

  it('has tried several times within the three seconds a restarted server is given', () => {
    let elapsed = 0
    let attempts = 0
    while (elapsed <= 3000) elapsed += backOff(attempts++, 0.999, SIGNAL_BACK_OFF)
    expect(attempts).toBeGreaterThanOrEqual(4)
  })
})
