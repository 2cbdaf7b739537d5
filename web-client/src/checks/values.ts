/** Each thing that is checked, and its figures as people read them. Pure. */
import type { Figures } from './figures'

export const ITEMS = [
  'connection',
  'up',
  'down',
  'loss',
  'delay',
  'camera',
  'microphone',
  'speaker',
  'echo',
] as const
export type Item = (typeof ITEMS)[number]

type Translate = (key: string, named?: Record<string, unknown>) => string

/** Empty while nothing is known. */
export function valueOf(item: Item, figures: Figures, t: Translate, locale: string): string {
  const show = (value: number, digits = 0) =>
    value.toLocaleString(locale, { maximumFractionDigits: digits })
  const rate = (kilobits: number | null) => {
    if (kilobits === null) return ''
    return kilobits < 1000
      ? t('checks.kilobits', { rate: show(kilobits) })
      : t('checks.megabits', { rate: show(kilobits / 1000, 1) })
  }
  const { camera, microphone, echo } = figures
  switch (item) {
    case 'connection':
      return figures.connected ? figures.transport.toUpperCase() : ''
    case 'up':
      return rate(figures.up)
    case 'down':
      return rate(figures.down)
    case 'loss': {
      const { lossUp, lossDown } = figures
      if (lossUp === null && lossDown === null) return ''
      const part = (loss: number | null) => (loss === null ? '–' : `${show(loss, 1)} %`)
      return t('checks.bothWays', { up: part(lossUp), down: part(lossDown) })
    }
    case 'delay':
      if (figures.roundTrip === null) return ''
      return t('checks.delayValue', {
        trip: show(figures.roundTrip),
        jitter: show(figures.jitter ?? 0),
      })
    case 'camera':
      if (camera.brightness === null || camera.width === 0) return ''
      return t('checks.cameraValue', {
        width: camera.width,
        height: camera.height,
        fps: show(camera.fps),
      })
    case 'microphone':
      return microphone.speech === null ? '' : t('checks.level', { level: show(microphone.speech) })
    case 'speaker':
      return figures.speaker === 'unknown' ? '' : t(`checks.${figures.speaker}`)
    case 'echo':
      if (!echo.measured) return ''
      return echo.likeness < 0.05
        ? t('checks.noEcho')
        : t('checks.echoValue', { level: show(echo.level), delay: show(echo.delay) })
  }
}
