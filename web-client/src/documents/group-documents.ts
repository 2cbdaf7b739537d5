import type { AgendaTitle, MeetingDocument } from '@/protocol/documents'

export interface DocumentGroup {
  /** Null: of the whole meeting. */
  item: AgendaTitle | null
  documents: MeetingDocument[]
}

/** By agenda item in its order, the whole meeting's first; an item that is gone counts as none. */
export function groupDocuments(
  documents: readonly MeetingDocument[],
  agenda: readonly AgendaTitle[],
): DocumentGroup[] {
  const known = new Set(agenda.map((item) => item.id))
  const of = (item: AgendaTitle | null): DocumentGroup => ({
    item,
    documents: documents.filter((document) =>
      item === null
        ? document.agendaItem === null || !known.has(document.agendaItem)
        : document.agendaItem === item.id,
    ),
  })
  const items = [...agenda].sort((a, b) => a.position - b.position)
  return [of(null), ...items.map(of)].filter((group) => group.documents.length > 0)
}

/** "Báo cáo quý III.pdf" → "Báo cáo quý III", within what the server takes. */
export function titleOf(fileName: string): string {
  const bare = fileName.replace(/\.[^.]{1,5}$/, '') || fileName
  // A name typed on some systems comes decomposed; the server keeps composed ones.
  return Array.from(bare.normalize('NFC')).slice(0, 300).join('')
}
