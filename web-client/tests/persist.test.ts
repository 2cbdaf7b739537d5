import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { answered, part, PartMissing, persist } from '@/persist'

const failing = (times: number) => {
  let left = times
  return vi.fn(() =>
    left-- > 0 ? Promise.reject(new TypeError('broken off')) : Promise.resolve(7),
  )
}

describe('what a line breaks off', () => {
  const waited: number[] = []
  const how = {
    tries: 4,
    waits: { base: 100, factor: 2, ceiling: 300 },
    pause: (ms: number) => {
      waited.push(ms)
      return Promise.resolve()
    },
    random: () => 0.999_999,
  }
  beforeEach(() => void waited.splice(0))

  it('is tried again after waits that grow up to a ceiling', async () => {
    expect(await persist(failing(3), how)).toBe(7)
    expect(waited.map(Math.round)).toEqual([100, 200, 300])
  })

  it('fails as the last try did', async () => {
    const attempt = failing(9)
    await expect(persist(attempt, how)).rejects.toThrow('broken off')
    expect(attempt).toHaveBeenCalledTimes(4)
  })

  it('is left alone when it could not go better', async () => {
    const attempt = failing(9)
    await expect(persist(attempt, { ...how, again: () => false })).rejects.toThrow('broken off')
    expect([attempt.mock.calls.length, waited]).toEqual([1, []])
  })
})

describe('a part of the page', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('comes by itself within ten seconds of trouble', async () => {
    const begun = Date.now()
    const [came] = await Promise.all([part(failing(5))(), vi.runAllTimersAsync()])
    expect(came).toBe(7)
    expect(Date.now() - begun).toBeLessThan(11_000)
  })

  it('is said to be missing after that', async () => {
    const [error] = await Promise.all([
      part(failing(6))().catch((error: unknown) => error),
      vi.runAllTimersAsync(),
    ])
    expect(error).toBeInstanceOf(PartMissing)
  })
})

describe('a page that nobody can load anew by hand', () => {
  it('is worth it as soon as the server answers for it, however long that takes', async () => {
    const waits: number[] = []
    let asked = 0
    await answered(
      '/kiosk',
      (path) => {
        expect(path).toBe('/kiosk')
        asked += 1
        if (asked < 20) return Promise.reject(new TypeError('broken off'))
        return Promise.resolve(new Response(null, { status: asked < 25 ? 502 : 200 }))
      },
      (ms) => {
        waits.push(ms)
        return Promise.resolve()
      },
    )
    expect(asked).toBe(25)
    expect(Math.max(...waits)).toBeLessThanOrEqual(20_000)
  })
})
