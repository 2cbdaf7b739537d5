import { describe, expect, it } from 'vitest'
import en from '@/locales/en.json'
import vi from '@/locales/vi.json'

type Messages = { [key: string]: string | Messages }

function flatten(messages: Messages, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(messages).flatMap(([key, value]): [string, string][] =>
      typeof value === 'string' ? [[prefix + key, value]] : [...flatten(value, `${prefix}${key}.`)],
    ),
  )
}

const sources = Object.entries(
  import.meta.glob<string>('../src/**/*.{vue,ts}', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
)

const vietnamese = flatten(vi)
const english = flatten(en)
const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort()

describe('locales', () => {
  it('have the same keys', () => {
    expect([...english.keys()].sort()).toEqual([...vietnamese.keys()].sort())
  })

  it('say something under every key', () => {
    for (const text of [...vietnamese.values(), ...english.values()])
      expect(text.trim()).not.toBe('')
  })

  it('fill in the same names', () => {
    for (const [key, text] of vietnamese) {
      expect(placeholders(english.get(key) ?? ''), key).toEqual(placeholders(text))
    }
  })

  it('are written in composed letters, as fonts and searches expect', () => {
    for (const text of vietnamese.values()) expect(text).toBe(text.normalize('NFC'))
  })

  it('know every key the code asks for', () => {
    const asked = sources.flatMap(([, text]) =>
      [...text.matchAll(/\bt\(\s*'([\w.]+)'/g)].map((match) => match[1] ?? ''),
    )
    expect(asked.length).toBeGreaterThan(50)
    expect(asked.filter((key) => !vietnamese.has(key))).toEqual([])
  })

  it('hold all the text: no Vietnamese sentence stands in a template', () => {
    const marked = /[ăâđêôơưàáạảãèéẹẻẽìíịỉĩòóọỏõùúụủũỳýỵỷỹ]/i
    const templates = sources
      .filter(([path]) => path.endsWith('.vue'))
      .map(([path, text]) => [path, text.split('<template>')[1] ?? ''] as const)
    expect(templates.filter(([, text]) => marked.test(text)).map(([path]) => path)).toEqual([])
  })
})
