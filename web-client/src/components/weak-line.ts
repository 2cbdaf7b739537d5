import type { LineLevel } from '@/protocol/types'

export type WeakLevel = Exclude<LineLevel, '1080p' | '720p'>

/** A level worth a word: below it the hall would wonder why the picture is poor. */
export function weakLine(level: LineLevel | null): WeakLevel | null {
  return level === null || level === '1080p' || level === '720p' ? null : level
}

/** No moving picture any more: said over the picture, with what to do. */
export function hasNoPicture(level: LineLevel | null): boolean {
  return level === 'slides' || level === 'sound'
}
