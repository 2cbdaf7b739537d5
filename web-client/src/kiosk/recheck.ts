import { ref } from 'vue'

/** The check itself; tests give their own. */
export interface RecheckParts {
  /** Resolves when it has ended, however it ended. */
  start(): Promise<void>
  stop(): void
  failed(): boolean
}

/** A hall that is interrupted again and again is not checked this time. */
const MOST_TRIES = 3

/**
 * The check that somebody asked an unattended hall for: it runs while the hall cannot be heard; who
 * begins to speak ends it, and it begins again after.
 */
export class Recheck {
  readonly state = ref<'later' | 'running' | 'done' | 'failed'>('later')
  private tries = 0
  private run = 0

  constructor(private readonly parts: RecheckParts) {}

  /** Whether the hall may be checked now; resolves when what began has ended. */
  async setFree(free: boolean): Promise<void> {
    if (!free) return this.pause()
    if (this.state.value !== 'later') return
    const mine = ++this.run
    this.tries += 1
    this.state.value = 'running'
    await this.parts.start()
    if (mine === this.run) this.state.value = this.parts.failed() ? 'failed' : 'done'
  }

  private pause(): void {
    if (this.state.value !== 'running') return
    this.run += 1
    this.parts.stop()
    this.state.value = this.tries < MOST_TRIES ? 'later' : 'failed'
  }
}
