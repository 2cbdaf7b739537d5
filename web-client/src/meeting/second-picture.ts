import { shallowRef } from 'vue'
import type { ClientRequest, SecondChoice } from '@/protocol/types'

export const SLIDES: SecondChoice = { kind: 'slides' }

/**
 * What this page wants in its second picture. The server begins every join with the slides, so the
 * wish is told again after one; the wall is asked for only while it can be seen.
 */
export class SecondPicture {
  readonly wish = shallowRef<SecondChoice>(SLIDES)
  private looking = true

  constructor(private readonly request: (message: ClientRequest) => Promise<void>) {}

  /** Throws the refusal; what was shown before stays. */
  async choose(wish: SecondChoice): Promise<void> {
    const before = this.wish.value
    this.wish.value = wish
    try {
      await this.ask(wish)
    } catch (error) {
      if (this.wish.value === wish) this.wish.value = before
      throw error
    }
  }

  /** To be called after every join. */
  async joined(): Promise<void> {
    if (this.wish.value.kind === 'slides') return
    const wish = this.wish.value
    try {
      await this.ask(wish)
    } catch (error) {
      if (this.wish.value === wish) this.wish.value = SLIDES
      throw error
    }
  }

  /** Whether the page is in sight. */
  async look(looking: boolean): Promise<void> {
    if (looking === this.looking) return
    this.looking = looking
    if (this.wish.value.kind === 'wall') await this.ask(this.wish.value)
  }

  private ask(wish: SecondChoice): Promise<void> {
    const second = wish.kind === 'wall' && !this.looking ? SLIDES : wish
    return this.request({ type: 'view', second })
  }
}
