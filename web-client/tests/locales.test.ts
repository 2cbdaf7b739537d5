import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
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

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return name === 'locales' ? [] : sources(path)
    return /\.(vue|ts)$/.test(name) ? [path] : []
  })
}

const vietnamese = flatten(vi)
const english = flatten(en)
const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort()

describe('locales', () => {
  it('have the same keys', () => {
    expect([...english.keys()].sort()).toEqual([...vietnamese.keys()].sort())
  })

  it('say something under every key', () => {
    for (const text of [...vietnamese.values(), ...english.values()]) expect(text.trim()).not.toBe('')
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
    const asked = sources('src').flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/\bt\(\s*'([\w.]+)'/g)].map((match) => match[1] ?? ''),
    )
    expect(asked.length).toBeGreaterThan(50)
    expect(asked.filter((key) => !vietnamese.has(key))).toEqual([])
  })

  it('hold all the text: no Vietnamese sentence stands in a template', () => {
    const marked = /[ăâđêôơưàáạảãèéẹẻẽìíịỉĩòóọỏõùúụủũỳýỵỷỹ]/i
    const templates = sources('src')
      .filter((path) => path.endsWith('.vue'))
      .map((path) => [path, readFileSync(path, 'utf8').split('<template>')[1] ?? ''] as const)
    expect(templates.filter(([, text]) => marked.test(text)).map(([path]) => path)).toEqual([])
  })
})
