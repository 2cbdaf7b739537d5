import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fitScale } from '@/documents/fit'
import { groupDocuments, titleOf } from '@/documents/group-documents'
import type { MeetingDocument } from '@/protocol/documents'
import { useDocuments } from '@/stores/documents'
import { canBeShown } from '@/stores/slide-show'

const wire = (over: object = {}) => ({
  id: 'abcdefghijklmnop',
  meeting_id: 'm',
  agenda_item: null,
  unit: 'HD-SNV',
  unit_name: 'Sở Nội vụ',
  title: 'Báo cáo',
  kind: 'pdf',
  pages: 12,
  size: 345_000,
  state: 'available',
  ...over,
})
const document = (over: Partial<MeetingDocument> = {}): MeetingDocument => ({
  id: 'a',
  agendaItem: null,
  unit: '',
  unitName: '',
  title: '',
  kind: 'pdf',
  pages: 1,
  bytes: 1,
  takenBack: false,
  ...over,
})
const answer = (status: number, body: unknown) =>
  vi.fn(() => Promise.resolve(new Response(JSON.stringify(body), { status })))
const list = (documents: object[], agenda: object[] = []) => ({
  documents,
  agenda,
  most_bytes: 50_000_000,
})

beforeEach(() => setActivePinia(createPinia()))
afterEach(() => vi.unstubAllGlobals())

describe('documents', () => {
  it('stand under their agenda items, in their order, the general ones first', () => {
    const agenda = [
      { id: 7, position: 2, title: 'Thảo luận' },
      { id: 9, position: 1, title: 'Báo cáo' },
    ]
    const groups = groupDocuments(
      [
        document({ id: 'a', agendaItem: 7 }),
        document({ id: 'b', agendaItem: 9 }),
        document({ id: 'c' }),
        document({ id: 'd', agendaItem: 3 }),
      ],
      agenda,
    )
    expect(groups.map((g) => [g.item?.title ?? '', g.documents.map((d) => d.id)])).toEqual([
      ['', ['c', 'd']],
      ['Báo cáo', ['b']],
      ['Thảo luận', ['a']],
    ])
  })

  it('are named after their files, composed and within bounds', () => {
    expect(titleOf('Báo cáo quý III.pdf')).toBe('Báo cáo quý III')
    expect(titleOf('Ba\u0301o ca\u0301o.docx')).toBe('Báo cáo')
    expect(titleOf('.pdf')).toBe('.pdf')
    expect(titleOf('x'.repeat(500) + '.pdf')).toHaveLength(300)
  })

  it('are counted as the sites may read them', async () => {
    vi.stubGlobal('fetch', answer(200, list([wire(), wire({ id: 'b', state: 'taken_back' })])))
    const documents = useDocuments()
    await documents.load('m')
    expect(documents.count).toBe(1)
    expect(documents.groups[0]?.documents.map((d) => d.takenBack)).toEqual([false, true])
    expect(documents.mostBytes).toBe(50_000_000)
  })

  it('keep the former list and say why when the server does not answer', async () => {
    vi.stubGlobal('fetch', answer(200, list([wire()])))
    const documents = useDocuments()
    await documents.load('m')
    vi.stubGlobal('fetch', answer(403, { code: 'auth.forbidden', title: '', detail: '' }))
    await documents.load('m')
    expect(documents.count).toBe(1)
    expect(documents.problem).toMatchObject({ code: 'auth.forbidden' })
  })

  it('are shown on the stage when the page can draw them', () => {
    const shown = (['pdf', 'png', 'jpg', 'docx', 'xlsx', 'pptx'] as const).filter((kind) =>
      canBeShown(document({ kind })),
    )
    expect(shown).toEqual(['pdf', 'png', 'jpg'])
  })

  it('fit a screen whichever way they lie', () => {
    expect(fitScale({ width: 960, height: 540 }, { width: 1920, height: 1080 })).toBe(2)
    expect(fitScale({ width: 595, height: 842 }, { width: 1920, height: 1080 })).toBeCloseTo(1.283)
  })
})
