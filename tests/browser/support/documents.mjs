// PDF files made for a test: each page one colour, with fine black and white bars in its middle.
import { writeFile } from 'node:fs/promises'
import { inFolder } from './cameras.mjs'

/** Bars of 4 points on a page of 1920×1080 points: 4 dots each on a stage of 1080p. */
function pageContent([r, g, b]) {
  const bars = Array.from({ length: 80 }, (_, i) => `${i % 2 ? '1 1 1' : '0 0 0'} rg ${800 + 4 * i} 440 4 200 re f`)
  return `${r} ${g} ${b} rg 0 0 1920 1080 re f\n${bars.join('\n')}`
}

/** `colours`: of each page, 0 to 1. `catalog`: put into the document's catalogue. */
export function pdf(colours, catalog = '') {
  const objects = [`<< /Type /Catalog /Pages 2 0 R ${catalog} >>`]
  const kids = colours.map((_, i) => `${3 + 2 * i} 0 R`)
  objects.push(`<< /Type /Pages /Kids [${kids.join(' ')}] /Count ${colours.length} >>`)
  for (const [i, colour] of colours.entries()) {
    const content = pageContent(colour)
    objects.push(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1920 1080] /Contents ${4 + 2 * i} 0 R >>`)
    objects.push(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`)
  }
  let out = '%PDF-1.7\n'
  const offsets = objects.map((body, i) => {
    const at = out.length
    out += `${i + 1} 0 obj\n${body}\nendobj\n`
    return at
  })
  const table = out.length
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`
  out += offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')
  return `${out}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`
}

export async function fileOf(name, content) {
  const path = await inFolder(name)
  await writeFile(path, content, 'latin1')
  return path
}
