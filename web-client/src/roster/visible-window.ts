/** The slice of equally high rows to draw: those in view and a few around them. */
export interface VisibleWindow {
  first: number
  /** One past the last. */
  end: number
}

export function visibleWindow(
  count: number,
  rowHeight: number,
  scrollTop: number,
  viewHeight: number,
  overscan = 6,
): VisibleWindow {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - overscan)
  const end = Math.min(count, Math.ceil((scrollTop + viewHeight) / rowHeight) + overscan)
  return { first: Math.min(first, count), end: Math.max(end, Math.min(first, count)) }
}
