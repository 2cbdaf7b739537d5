import { useI18n } from 'vue-i18n'
import { ApiProblem } from '@/protocol/api'
import { Refusal } from '@/signal/signal-connection'

/** Said with the number of places. */
const FULL = ['meeting.full', 'meeting.viewers_full']

/**
 * A refusal as a sentence: ours where the code is known, else the server's own (Vietnamese title,
 * English detail), else one that names the code.
 */
export function useProblemText(): (error: unknown) => string {
  const { t, te, locale } = useI18n()
  return (error) => {
    const known = error instanceof ApiProblem || error instanceof Refusal ? error : null
    if (!known) return t('error.unknown', { code: error instanceof Error ? error.name : '?' })
    if (FULL.includes(known.code)) {
      const limit = known instanceof Refusal ? known.limit : 0
      if (limit > 0) return t(`error.${known.code}`, { limit })
    } else if (te(`error.${known.code}`, 'vi')) return t(`error.${known.code}`)
    const said = locale.value === 'vi' ? known.title : known.detail
    return said || t('error.unknown', { code: known.code })
  }
}
