/** Just the field of RTCRtpCodec this decides by. */
export interface Codec {
  mimeType: string
  sdpFmtpLine?: string
}

/**
 * Video in the order the server answers by: H.264 constrained baseline with packetization-mode 1,
 * then VP8, then their retransmission. Others would only lengthen the offer.
 */
export function preferredVideoCodecs<T extends Codec>(offered: readonly T[]): T[] {
  const ranks = [isConstrainedBaseline, isBaseline, is('video/VP8'), is('video/rtx')]
  return ranks.flatMap((matches) => offered.filter(matches))
}

/** RED first: a lost packet is repeated by the next. */
export function preferredAudioCodecs<T extends Codec>(offered: readonly T[]): T[] {
  return [is('audio/red'), is('audio/opus')].flatMap((matches) => offered.filter(matches))
}

const is =
  (mimeType: string) =>
  (codec: Codec): boolean =>
    codec.mimeType.toLowerCase() === mimeType.toLowerCase()

const isH264Mode1 = (codec: Codec): boolean =>
  is('video/H264')(codec) && /(^|;)\s*packetization-mode=1\b/.test(codec.sdpFmtpLine ?? '')

// RFC 6184 §8.1: profile_idc 0x42 with constraint_set1 (0x40) is constrained baseline.
const profile = (codec: Codec): RegExpMatchArray | null =>
  /profile-level-id=42([0-9a-f]{2})/i.exec(codec.sdpFmtpLine ?? '')

const isConstrainedBaseline = (codec: Codec): boolean =>
  isH264Mode1(codec) && (parseInt(profile(codec)?.[1] ?? '0', 16) & 0x40) !== 0

const isBaseline = (codec: Codec): boolean =>
  isH264Mode1(codec) && profile(codec) !== null && !isConstrainedBaseline(codec)
