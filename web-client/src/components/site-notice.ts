import type { NoticeKind } from '@/protocol/types'

const WORDS: Record<NoticeKind, string> = {
  echo: 'echo',
  'microphone.silent': 'microphoneSilent',
  'microphone.clipping': 'microphoneClipping',
  'camera.black': 'cameraBlack',
  'camera.frozen': 'cameraFrozen',
  other: 'other',
}

/** The last part of the keys of its words: dots would nest. */
export const wordOf = (kind: NoticeKind) => WORDS[kind]
