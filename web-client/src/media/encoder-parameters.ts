import type { Uplink } from '@/protocol/types'

export interface SourceSize {
  width: number
  height: number
}

/** The camera's simulcast layers (RFC 8853), as the offer names them: the picture, its thumbnail. */
export const LARGE_RID = 'h'
export const SMALL_RID = 'l'

/** Sent until the server says what it needs: enough for a tile, light on a crowd that joins. */
export const FIRST_UPLINK: Uplink = {
  active: true,
  width: 640,
  height: 360,
  fps: 15,
  bitrate: 400_000,
  thumbnail: false,
}

/** The small layer: what a tile of the wall shows. */
const THUMBNAIL = { width: 160, height: 90, fps: 5, bitrate: 50_000 }

/** The layers a camera offers. The small one stays silent until it is asked for. */
export function cameraLayers(): RTCRtpEncodingParameters[] {
  return [
    { rid: LARGE_RID, ...encoderParameters(FIRST_UPLINK, null) },
    { rid: SMALL_RID, ...thumbnailParameters(FIRST_UPLINK, null), scaleResolutionDownBy: 8 },
  ]
}

/** The small layer's settings; without a source its size follows once the camera is known. */
export function thumbnailParameters(
  uplink: Uplink,
  source: SourceSize | null,
): ReturnType<typeof encoderParameters> {
  const bitrate = Math.min(uplink.bitrate || THUMBNAIL.bitrate, THUMBNAIL.bitrate)
  return encoderParameters({ ...uplink, ...THUMBNAIL, bitrate, active: uplink.thumbnail }, source)
}

/**
 * The encoder settings that meet the server's wish from a source of this size: the picture fits
 * into the wanted box and is never enlarged. `null` size: the source is not known yet, keep its own.
 */
export function encoderParameters(
  uplink: Uplink,
  source: SourceSize | null,
): Pick<
  RTCRtpEncodingParameters,
  'active' | 'scaleResolutionDownBy' | 'maxBitrate' | 'maxFramerate'
> {
  const settings: ReturnType<typeof encoderParameters> = {
    active: uplink.active,
    scaleResolutionDownBy: 1,
  }
  if (uplink.bitrate > 0) settings.maxBitrate = Math.round(uplink.bitrate)
  if (uplink.fps > 0) settings.maxFramerate = uplink.fps
  if (source && source.width > 0 && source.height > 0) {
    // Turned phones send upright pictures: a wanted height of 0 leaves that side free.
    const byHeight = uplink.height > 0 ? source.height / uplink.height : 1
    const byWidth = uplink.width > 0 ? source.width / uplink.width : 1
    settings.scaleResolutionDownBy = Math.max(1, byHeight, byWidth)
  }
  return settings
}
