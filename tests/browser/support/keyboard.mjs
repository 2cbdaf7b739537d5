/**
 * As a hand without a mouse comes there: moves the focus with Tab alone until it is on this element;
 * fails where Tab does not lead.
 */
export async function tabTo(page, selector, backwards = false) {
  for (let step = 0; step < 250; ++step) {
    if (await page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector)) return
    if (backwards) await page.keyboard.down('Shift')
    await page.keyboard.press('Tab')
    if (backwards) await page.keyboard.up('Shift')
  }
  throw new Error(`Tab does not lead to ${selector}`)
}
