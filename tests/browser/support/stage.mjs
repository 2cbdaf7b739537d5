// Whose camera stands where on the stage, told by its colour, and what must be there.
import { eventually, stageColours, welcomeOf } from './browsers.mjs'

/** The wall behind the people of a simulated hall (mcu/app/simulate/picture_loop.cpp): BT.601 to RGB. */
export function hallColour(number) {
  const angle = 2 * Math.PI * ((number * 0.381966) % 1)
  const y = 1.164 * (Math.floor(60 + 90 * 0.35) - 16)
  const u = Math.floor(128 + 60 * Math.cos(angle)) - 128
  const v = Math.floor(128 + 60 * Math.sin(angle)) - 128
  return [y + 1.596 * v, y - 0.392 * u - 0.813 * v, y + 2.017 * u].map((c) => Math.max(0, Math.min(255, Math.round(c))))
}

const near = (a, b) => a.every((value, i) => Math.abs(value - b[i]) < 40)

/** Beside the people and above the label: where a hall shows its wall, and a plain camera its colour. */
const beside = ({ x, y, w, h }) => ({ x: x + Math.max(9, Math.round(w * 0.05)), y: y + Math.round(h * 0.45) })

/**
 * Waits until the server says that `seat` is live on the stage as `wanted` accepts, and this page's
 * picture of it has that colour. Returns the stage.
 */
export async function onStage(page, meeting, { seat, colour, wanted = () => true, what }) {
  return eventually(
    async () => {
      const { stage } = await welcomeOf(page, meeting)
      const tile = stage.tiles.find((each) => each.seat === seat && each.state === 'live')
      const [seen] = tile ? await stageColours(page, [beside(tile)]) : []
      return { stage, tile, seen }
    },
    ({ stage, tile, seen }) => tile && wanted(tile, stage) && near(seen, colour),
    { timeout: 40_000, what: what ?? `${seat} in its colour ${colour} on the stage` },
  )
}

/** The largest picture of the stage. */
export const isMain = (tile, stage) => stage.tiles.every((each) => each.w * each.h <= tile.w * tile.h)
