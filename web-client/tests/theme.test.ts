import { describe, expect, it } from 'vitest'
import { themeOf } from '@/theme'

describe('the theme', () => {
  it('is what was chosen, else the system’s', () => {
    expect(themeOf('light', 'dark', null)).toBe('light')
    expect(themeOf('dark', 'light', null)).toBe('dark')
    expect(themeOf('auto', 'light', null)).toBe('light')
    expect(themeOf('auto', 'dark', null)).toBe('dark')
  })

  it('is dark in a hall, whatever was chosen and whatever the system says', () => {
    for (const chosen of ['auto', 'light', 'dark'] as const)
      for (const system of ['light', 'dark'] as const)
        expect(themeOf(chosen, system, 'dark')).toBe('dark')
  })
})
