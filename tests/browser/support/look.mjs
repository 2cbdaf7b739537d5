// A page as people see it: on an office PC, a projector and a phone, light and dark, in both
// languages, and as a screen reader and a thumb meet it. DIEMCAU_SCREENSHOTS=DIR keeps the pictures
// (docs/screenshots is made so).
import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { byTest } from './browsers.mjs'

export const office = { width: 1366, height: 768 }
export const phone = { width: 390, height: 844 }
export const sizes = [office, { width: 1920, height: 1080 }, phone]
/** A4 at 96 dots an inch. */
const paper = { width: 794, height: 1123 }
const keep = process.env.DIEMCAU_SCREENSHOTS
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The switch stands in the header, or behind the settings on a small page; an unattended page has none. */
export async function language(page, code) {
  await page.evaluate((selector, wanted) => {
    const button = document.querySelector(selector)
    if (button) return button.click()
    const { $pinia } = document.querySelector('#app').__vue_app__.config.globalProperties
    $pinia.state.value.preferences.values.locale = wanted
  }, `${byTest('language-switch')} [data-locale="${code}"]`, code)
  await page.waitForFunction((wanted) => document.documentElement.lang === wanted, {}, code)
}

/** Scheme and medium at once: each of Puppeteer's own calls takes back what the other said. */
async function emulate(page, scheme, media = '') {
  page.emulation ??= await page.createCDPSession()
  await page.emulation.send('Emulation.setEmulatedMedia', { media, features: [{ name: 'prefers-color-scheme', value: scheme }] })
}

/** axe-core's findings that keep somebody out: none, in either language, light and dark. */
async function readable(page, name, media = '') {
  for (const scheme of ['light', 'dark']) {
    // Colours on their way from one scheme to the other are nobody's colours.
    await page.evaluate(() => {
      if (document.adoptedStyleSheets.length > 0) return
      const still = new CSSStyleSheet()
      still.replaceSync('*, *::before, *::after { transition: none !important }')
      document.adoptedStyleSheets.push(still)
    })
    await emulate(page, scheme, media)
    const found = await page.evaluate(async (source) => {
      if (!window.axe) (0, eval)(source)
      await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))
      const { violations } = await window.axe.run(document, { resultTypes: ['violations'] })
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.slice(0, 4).map((n) => `${n.html.slice(0, 160)} ${n.failureSummary.replace(/\s+/g, ' ')}`).join(' | ')}`)
    }, axe)
    assert.deepEqual(found, [], `${name}, ${scheme}`)
  }
  await emulate(page, 'light', media)
}

/** A picture of a line that is weak only because axe-core held the page up is nobody's picture. */
const calm = (page) =>
  page.waitForFunction((s) => !document.querySelector(s)?.matches('.weak, .poor'), { timeout: 30_000 }, byTest('own-line'))
    .catch(() => console.error('the line stays weak in this picture'))

/** What is wider than the page; what a thumb does not hit (WCAG 2.5.5; links in a sentence are free). */
const misfits = (page, thumb) =>
  page.evaluate((least) => {
    const name = (each) => `${each.tagName}.${each.className} "${(each.ariaLabel ?? each.textContent).trim().slice(0, 30)}"`
    const wide = document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')]
      .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
      .map((each) => `${name(each)} to ${Math.round(each.getBoundingClientRect().right)}`)
    const small = [...document.querySelectorAll('button, a[href], input, select, textarea, summary, [role="treeitem"]')]
      .filter((each) => each.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && getComputedStyle(each).display !== 'inline')
      .map((each) => [each, each.getBoundingClientRect(), each.closest('label')?.getBoundingClientRect()])
      .filter(([, box, label]) => box.width > 1 && box.bottom > 0 &&
        (Math.max(box.width, label?.width ?? 0) < least || Math.max(box.height, label?.height ?? 0) < least))
      .map(([each, box]) => `${name(each)} ${Math.round(box.width)}×${Math.round(box.height)}`)
    return { wide: wide.slice(0, 12), small: small.slice(0, 12) }
  }, thumb)

/** The buttons of the meeting's bar on a telephone: one row of at most four, or no bar at all. What was asked for lies above. */
async function oneBar(page, name) {
  const rows = await page.$$eval(`${byTest('control-bar')} button`, (all) =>
    all.filter((each) => each.checkVisibility() && getComputedStyle(each.parentElement).position !== 'absolute')
      .map((each) => each.getBoundingClientRect().top))
  assert.ok(rows.length <= 4, `${name}: ${rows.length} buttons in the bar`)
  assert.ok(new Set(rows).size <= 1, `${name}: the bar has rows at ${rows}`)
}

async function fits(page, name, wanted, { tall, kept }) {
  for (const size of sizes) {
    await page.setViewport(size)
    await page.waitForSelector(wanted, { visible: true, timeout: 20_000 })
    const { wide, small } = await misfits(page, size === phone ? 44 : 0)
    assert.deepEqual(wide, [], `${name} sticks out at ${size.width}`)
    assert.deepEqual(small, [], `${name}: too small for a thumb`)
    if (size === phone) await oneBar(page, name)
    if (!keep || !kept.includes(size)) continue
    await calm(page)
    await mkdir(keep, { recursive: true })
    const path = join(keep, `${name}-${size.width}x${size.height}.webp`)
    await page.screenshot({ path, type: 'webp', quality: 75, fullPage: tall })
  }
  await page.setViewport(office)
}

/**
 * In both languages and at every size nothing sticks out sideways and `wanted` is there; nobody is
 * kept out; nothing was complained of but what is `expected`. Of English the pictures of the office
 * PC are kept; `english`: of every size. `tall`: the whole page, not its first screen.
 */
export async function look(page, name, wanted, { english = false, tall = false, expected = /^$/ } = {}) {
  await fits(page, name, wanted, { tall, kept: sizes })
  await readable(page, name)
  await language(page, 'en')
  await fits(page, `${name}-en`, wanted, { tall, kept: english ? sizes : [office] })
  await readable(page, `${name}-en`)
  await language(page, 'vi')
  assert.deepEqual(page.problems.splice(0).filter((each) => !expected.test(each)), [], `the console at ${name}`)
}

/** As it comes out of the printer: upright paper, nothing of the page around it. */
export async function lookPrinted(page, name, wanted) {
  await emulate(page, 'light', 'print')
  await page.setViewport(paper)
  for (const code of ['vi', 'en']) {
    await language(page, code)
    await page.waitForSelector(wanted, { visible: true, timeout: 20_000 })
    await readable(page, `${name}-${code}`, 'print')
    const { wide } = await misfits(page, 0)
    assert.deepEqual(wide, [], `${name} sticks out of the paper`)
    const pressed = await page.$$eval('button, input, select', (all) => all.filter((each) => each.checkVisibility()).map((each) => each.outerHTML))
    assert.deepEqual(pressed, [], `${name}: nobody presses paper`)
    if (!keep) continue
    await mkdir(keep, { recursive: true })
    await page.screenshot({ path: join(keep, `${name}${code === 'en' ? '-en' : ''}.webp`), type: 'webp', quality: 75 })
  }
  await language(page, 'vi')
  await emulate(page, 'light')
  await page.setViewport(office)
}
