import { ref } from 'vue'
import type { StageChoice } from '@/protocol/stage-preview'
import type { ClientRequest, Layout, Seat } from '@/protocol/types'

/** What who manages the meeting wants on the stage; the stage tells what is in effect. */
export class StageWish {
  readonly layout = ref<Layout>('auto')
  /** The first is most wanted. */
  readonly pinned = ref<Seat[]>([])

  constructor(private readonly request: (message: ClientRequest) => Promise<void>) {}

  /** Throws the refusal; the wish before stays. */
  choose(layout: Layout): Promise<void> {
    return this.ask(layout, this.pinned.value)
  }

  /** Puts a site first on the stage, or lets it go again. */
  togglePin(seat: Seat): Promise<void> {
    const others = this.pinned.value.filter((each) => each !== seat)
    const pinned = others.length === this.pinned.value.length ? [seat, ...others] : others
    return this.ask(this.layout.value, pinned)
  }

  /** Both at once: what was looked at before. */
  set(choice: StageChoice): Promise<void> {
    return this.ask(choice.layout, choice.pinned)
  }

  /** As the server told it: whoever chose it, and after a restart. */
  told(choice: StageChoice): void {
    this.layout.value = choice.layout
    this.pinned.value = choice.pinned
  }

  private async ask(layout: Layout, pinned: Seat[]): Promise<void> {
    const before = { layout: this.layout.value, pinned: this.pinned.value }
    this.layout.value = layout
    this.pinned.value = pinned
    try {
      await this.request({ type: 'stage', layout, pinned })
    } catch (error) {
      this.layout.value = before.layout
      this.pinned.value = before.pinned
      throw error
    }
  }
}
