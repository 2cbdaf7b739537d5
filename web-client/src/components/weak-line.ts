import type { LineLevel } from '@/protocol/types'

export type WeakLevel = Exclude<LineLevel, '1080p' | '720p'>

/**
 * A level worth a word: the hall would wonder why the picture is poor. Not the one that is all this
 * page's display shows (`most`).
 */
export function weakLine(level: LineLevel | null, most: LineLevel | null): WeakLevel | null {
  return level === null || level === '1080p' || level === '720p' || level === most ? null : level
}

/** No moving picture any more: said over the picture, with what to do. */
export function hasNoPicture(level: LineLevel | null): boolean {
  return level === 'slides' || level === 'sound'
}
