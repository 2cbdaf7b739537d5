import { ref } from 'vue'
import type { ClientRequest, Layout, Seat, StageChoice } from '@/protocol/types'

/**
 * What who manages the meeting wants on the stage; the stage tells what is in effect. It is as the
 * server tells it, whoever chose it; a choice of this page shows at once, until it is answered.
 */
export class StageWish {
  readonly layout = ref<Layout>('auto')
  /** The first is most wanted. */
  readonly pinned = ref<Seat[]>([])
  private inForce: StageChoice = { layout: 'auto', pinned: [] }
  private asking = 0

  constructor(private readonly request: (message: ClientRequest) => Promise<void>) {}

  /** Throws the refusal; what is in force stays. */
  choose(layout: Layout): Promise<void> {
    return this.set({ layout, pinned: this.pinned.value })
  }

  /** Puts a site first on the stage, or lets it go again. */
  togglePin(seat: Seat): Promise<void> {
    const others = this.pinned.value.filter((each) => each !== seat)
    const pinned = others.length === this.pinned.value.length ? [seat, ...others] : others
    return this.set({ layout: this.layout.value, pinned })
  }

  /** Both at once: what was looked at before. */
  async set(choice: StageChoice): Promise<void> {
    this.asking += 1
    this.show(choice)
    try {
      await this.request({ type: 'stage', ...choice })
    } finally {
      // The server tells a wish before it answers who asked.
      this.asking -= 1
      if (this.asking === 0) this.show(this.inForce)
    }
  }

  told(choice: StageChoice): void {
    this.inForce = choice
    if (this.asking === 0) this.show(choice)
  }

  private show(choice: StageChoice): void {
    this.layout.value = choice.layout
    this.pinned.value = choice.pinned
  }
}
