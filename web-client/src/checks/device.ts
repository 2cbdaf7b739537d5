/** Which device this is: a number of its own in this browser, and a name that tells it from others. */
const KEY = 'diemcau.device'

export const randomId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')

let fallback = ''

export function thisDevice(): { id: string; name: string } {
  return { id: ownId(), name: deviceName(navigator.userAgent) }
}

function ownId(): string {
  try {
    const kept = localStorage.getItem(KEY)
    if (kept && /^[0-9a-f]{32}$/.test(kept)) return kept
    const made = randomId()
    localStorage.setItem(KEY, made)
    return made
  } catch {
    // A browser that keeps nothing is a new device each time.
    return (fallback ||= randomId())
  }
}

/** "Chrome · Windows": enough to tell the hall's machine from the officer's telephone. */
export function deviceName(userAgent: string): string {
  const first = (table: [RegExp, string][], otherwise: string) =>
    table.find(([pattern]) => pattern.test(userAgent))?.[1] ?? otherwise
  const browser = first(
    [
      [/coc_coc|CocCoc/i, 'Cốc Cốc'],
      [/Edg/, 'Edge'],
      [/OPR|Opera/, 'Opera'],
      [/Firefox/, 'Firefox'],
      [/Chrome|CriOS/, 'Chrome'],
      [/Safari/, 'Safari'],
    ],
    'Browser',
  )
  const system = first(
    [
      [/Android/, 'Android'],
      [/iPhone|iPad/, 'iOS'],
      [/Windows/, 'Windows'],
      [/Mac OS/, 'macOS'],
      [/CrOS/, 'ChromeOS'],
      [/Linux/, 'Linux'],
    ],
    '?',
  )
  return `${browser} · ${system}`
}
