/** Documents of a meeting over REST. */
import { ApiProblem, call, parseJson, readProblem, UNREACHABLE, understand } from './api'
import { type Fields, fields, list, number, optionalText, text, word } from './decode'

export const DOCUMENT_KINDS = ['pdf', 'png', 'jpg', 'docx', 'xlsx', 'pptx'] as const
export type DocumentKind = (typeof DOCUMENT_KINDS)[number]
/** What a file chooser offers; what a file really is the server finds out. */
export const ACCEPTED_FILES = DOCUMENT_KINDS.map((kind) => `.${kind}`).join(',') + ',.jpeg'

export interface MeetingDocument {
  id: string
  /** Null: of the whole meeting. */
  agendaItem: number | null
  unit: string
  unitName: string
  title: string
  kind: DocumentKind
  /** 0: not counted. */
  pages: number
  bytes: number
  takenBack: boolean
}

export interface AgendaTitle {
  id: number
  position: number
  title: string
}

export interface DocumentList {
  documents: MeetingDocument[]
  agenda: AgendaTitle[]
  /** Of one document. */
  mostBytes: number
}

export interface NewDocument {
  file: File
  title: string
  agendaItem: number | null
}

const MOST_DOCUMENTS = 5000
const MOST_ITEMS = 1000
const MOST_BYTES = 1e12

const base = (meeting: string): string =>
  `/api/v1/meetings/${encodeURIComponent(meeting)}/documents`
const place = (meeting: string, document: string): string =>
  `${base(meeting)}/${encodeURIComponent(document)}`

export const contentAddress = (meeting: string, document: string): string =>
  `${place(meeting, document)}/content`

export async function listDocuments(meeting: string): Promise<DocumentList> {
  const body = await call('GET', base(meeting))
  return understand(() => {
    const from = fields(body, 'documents')
    return {
      documents: list(from, 'documents', MOST_DOCUMENTS, readDocument),
      agenda: list(from, 'agenda', MOST_ITEMS, readAgendaTitle),
      mostBytes: number(from, 'most_bytes', 0, MOST_BYTES),
    }
  })
}

export async function takeBackDocument(meeting: string, document: string): Promise<void> {
  await call('POST', `${place(meeting, document)}/take-back`)
}

export async function giveOutDocument(meeting: string, document: string): Promise<void> {
  await call('POST', `${place(meeting, document)}/give-out`)
}

export async function removeDocument(meeting: string, document: string): Promise<void> {
  await call('DELETE', place(meeting, document))
}

export async function markShown(meeting: string, document: string, page: number): Promise<void> {
  await call('POST', `${place(meeting, document)}/shown?page=${page}`)
}

/** `fetch` tells nothing of how far an upload is; XMLHttpRequest does. */
export function uploadDocument(
  meeting: string,
  wanted: NewDocument,
  onProgress: (share: number) => void,
): Promise<void> {
  const query = new URLSearchParams({ title: wanted.title })
  if (wanted.agendaItem !== null) query.set('agenda_item', String(wanted.agendaItem))
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `${base(meeting)}?${query}`)
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.upload.onprogress = (event) =>
      event.lengthComputable && onProgress(event.loaded / event.total)
    request.onerror = () => reject(new ApiProblem(0, UNREACHABLE, '', 'the upload broke off'))
    request.onload = () =>
      request.status === 201
        ? resolve()
        : reject(readProblem(request.status, request.statusText, parseJson(request.responseText)))
    request.send(wanted.file)
  })
}

function readDocument(value: unknown): MeetingDocument {
  const from: Fields = fields(value, 'document')
  return {
    id: text(from, 'id', 64),
    agendaItem: from.agenda_item === null ? null : number(from, 'agenda_item', 1, 1e9),
    unit: optionalText(from, 'unit'),
    unitName: optionalText(from, 'unit_name'),
    title: text(from, 'title'),
    kind: word(from, 'kind', DOCUMENT_KINDS, 'pdf'),
    pages: number(from, 'pages', 0, 1e6),
    bytes: number(from, 'size', 0, MOST_BYTES),
    takenBack: optionalText(from, 'state') === 'taken_back',
  }
}

function readAgendaTitle(value: unknown): AgendaTitle {
  const from = fields(value, 'agenda')
  return {
    id: number(from, 'id', 1, 1e9),
    position: number(from, 'position', 1, 1e6),
    title: text(from, 'title'),
  }
}
