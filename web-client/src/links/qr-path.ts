import qrcode from 'qrcode-generator'

/** Light modules around it, without which cameras do not find it (ISO/IEC 18004: four). */
export const QUIET_ZONE = 4

/** A text as a QR code, drawn as one SVG path of unit squares inside `size` × `size`. */
export function qrPath(text: string): { size: number; path: string } {
  const code = qrcode(0, 'M')
  code.addData(text)
  code.make()
  const count = code.getModuleCount()
  let path = ''
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count;) {
      let run = 0
      while (column + run < count && code.isDark(row, column + run)) run++
      if (run > 0) path += `M${column + QUIET_ZONE} ${row + QUIET_ZONE}h${run}v1h-${run}z`
      column += run || 1
    }
  }
  return { size: count + 2 * QUIET_ZONE, path }
}
