/** Numbers and moments as people read them. Pure; the locale is a parameter. */

/** "01:12:08"; hours are always shown so that the figure does not jump. */
export function clockTime(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

/** "04:12"; from an hour on "01:04:12". */
export function minuteTime(milliseconds: number): string {
  const text = clockTime(milliseconds)
  return text.startsWith('00:') ? text.slice(3) : text
}

export function dateTime(moment: string, locale: string): string {
  const date = new Date(moment)
  if (Number.isNaN(date.getTime())) return ''
  // Day before month in both languages: 07/02 must not read as July on one page and February on the next.
  const day = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
  })
  const time = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  })
  return `${time.format(date)}, ${day.format(date)}`
}

export function byteSize(bytes: number, locale: string): string {
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes / 1000
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = value < 10 ? 1 : 0
  return `${value.toLocaleString(locale, { maximumFractionDigits: digits })} ${units[unit] ?? ''}`
}

/** 0.413 as "41 %". */
export function percent(share: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent' }).format(share)
}
