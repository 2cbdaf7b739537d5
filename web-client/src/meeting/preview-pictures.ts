import type { Stage, Tile } from '@/protocol/types'

/** A composed picture that this page receives anyway, and who stands where in it. */
export interface Composed {
  video: CanvasImageSource
  /** Of the decoded picture, pixels. */
  width: number
  height: number
  /** In these units. */
  canvas: { width: number; height: number }
  tiles: readonly Tile[]
}

export interface Piece {
  from: Composed
  source: Tile
  target: Tile
}

/** The tiles of the preview whose picture is in hand, each from the largest place it stands in. */
export function piecesOf(preview: Stage, sources: readonly Composed[]): Piece[] {
  return preview.tiles.flatMap((target) => {
    const found = sources
      .flatMap((from) =>
        from.tiles
          .filter((tile) => isSame(tile, target) && tile.state === 'live')
          .map((source) => ({ from, source, target })),
      )
      .sort((a, b) => shareOf(b) - shareOf(a))
    return found.slice(0, 1)
  })
}

const isSame = (a: Tile, b: Tile) => a.seat === b.seat && a.kind === b.kind
const shareOf = ({ from, source }: Piece) => (source.w / from.canvas.width) * from.width

export function draw(
  into: CanvasRenderingContext2D,
  preview: Stage,
  pieces: readonly Piece[],
): void {
  const { width, height } = into.canvas
  into.clearRect(0, 0, width, height)
  for (const { from, source, target } of pieces) {
    const sx = from.width / from.canvas.width
    const sy = from.height / from.canvas.height
    const dx = width / preview.width
    const dy = height / preview.height
    into.drawImage(
      from.video,
      source.x * sx,
      source.y * sy,
      source.w * sx,
      source.h * sy,
      target.x * dx,
      target.y * dy,
      target.w * dx,
      target.h * dy,
    )
  }
}
