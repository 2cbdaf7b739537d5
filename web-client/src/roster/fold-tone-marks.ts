/**
 * Vietnamese text without tone and vowel marks, in lower case, words parted by single spaces:
 * "Xã Đông Xuyên" reads as "xa dong xuyen", so that a search may leave the marks out.
 */
export function foldToneMarks(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
}

/** True when every word of the query stands somewhere in the text, marks forgiven. */
export function matchesSearch(text: string, query: string): boolean {
  const folded = foldToneMarks(text)
  return foldToneMarks(query)
    .split(' ')
    .every((word) => folded.includes(word))
}
