import { computed, onBeforeUnmount, ref, type Ref, useTemplateRef, watch } from 'vue'
import { visibleWindow } from '@/roster/visible-window'

/** Draws only the rows in view of the element with ref="list"; all rows are equally high. */
export function useVirtualRows<Row>(rows: Readonly<Ref<Row[]>>, rowHeight: number) {
  const list = useTemplateRef<HTMLElement>('list')
  const scrollTop = ref(0)
  const viewHeight = ref(600)

  const visible = computed(() => {
    const { first, end } = visibleWindow(
      rows.value.length,
      rowHeight,
      scrollTop.value,
      viewHeight.value,
    )
    return rows.value.slice(first, end).map((row, offset) => ({ row, index: first + offset }))
  })

  function onScroll(): void {
    scrollTop.value = list.value?.scrollTop ?? 0
  }

  /** Scrolls just far enough to show this row. */
  function reveal(index: number): void {
    const element = list.value
    if (!element) return
    const top = index * rowHeight
    if (top < element.scrollTop) element.scrollTop = top
    const bottom = top + rowHeight - element.clientHeight
    if (bottom > element.scrollTop) element.scrollTop = bottom
  }

  const observer = new ResizeObserver(() => {
    viewHeight.value = list.value?.clientHeight ?? viewHeight.value
    onScroll()
  })
  watch(list, (element) => {
    observer.disconnect()
    if (element) observer.observe(element)
  })
  onBeforeUnmount(() => observer.disconnect())

  return { list, visible, reveal, onScroll }
}
