/**
 * How long to wait before opening the connection again. A restarted server is met by all sites at
 * once, so every wait is jittered over its upper half; it stays short because a meeting is waiting.
 */
export interface BackOffPolicy {
  /** First wait, milliseconds. */
  base: number
  factor: number
  /** No wait is longer. */
  ceiling: number
}

export const SIGNAL_BACK_OFF: BackOffPolicy = { base: 300, factor: 1.6, ceiling: 1500 }

/**
 * @param attempt how many attempts failed in a row before this one, 0 for the first
 * @param random uniform in [0, 1)
 * @returns milliseconds in [½, 1) of the exponential step
 */
export function backOff(attempt: number, random: number, policy: BackOffPolicy): number {
  const step = Math.min(policy.ceiling, policy.base * policy.factor ** Math.max(0, attempt))
  return step * (0.5 + random / 2)
}
