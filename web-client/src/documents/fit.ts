export interface Box {
  width: number
  height: number
}

/** The largest scale at which `inner` lies wholly in `outer`. */
export function fitScale(inner: Box, outer: Box): number {
  return Math.min(outer.width / inner.width, outer.height / inner.height)
}
