// A page as people see it: on an office PC, a projector and a phone, light and dark, in both
// languages, and as a screen reader meets it. DIEMCAU_SCREENSHOTS=DIR keeps the pictures
// (docs/screenshots is made so).
import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { byTest } from './browsers.mjs'

export const office = { width: 1366, height: 768 }
export const sizes = [office, { width: 1920, height: 1080 }, { width: 390, height: 844 }]
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

/** axe-core's findings that keep somebody out: none, in either language, light and dark. */
async function readable(page, name) {
  for (const scheme of ['light', 'dark']) {
    // Colours on their way from one scheme to the other are nobody's colours.
    await page.evaluate(() => {
      if (document.adoptedStyleSheets.length > 0) return
      const still = new CSSStyleSheet()
      still.replaceSync('*, *::before, *::after { transition: none !important }')
      document.adoptedStyleSheets.push(still)
    })
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
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
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }])
}

async function fits(page, name, wanted, tall) {
  for (const size of sizes) {
    await page.setViewport(size)
    await page.waitForSelector(wanted, { visible: true, timeout: 20_000 })
    const wide = await page.evaluate(() =>
      document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')]
        .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
        .map((each) => `${each.tagName}.${each.className} to ${Math.round(each.getBoundingClientRect().right)}`))
    assert.deepEqual(wide.slice(0, 12), [], `${name} sticks out at ${size.width}`)
    if (!keep) continue
    await mkdir(keep, { recursive: true })
    await page.screenshot({ path: join(keep, `${name}-${size.width}x${size.height}.png`), fullPage: tall })
  }
  await page.setViewport(office)
}

/**
 * At every size nothing sticks out sideways and `wanted` is there; nobody is kept out; nothing was
 * complained of but what is `expected`. `english`: its pictures are kept too. `tall`: the whole page,
 * not its first screen.
 */
export async function look(page, name, wanted, { english = false, tall = false, expected = /^$/ } = {}) {
  await fits(page, name, wanted, tall)
  await readable(page, name)
  await language(page, 'en')
  if (english) await fits(page, `${name}-en`, wanted, tall)
  await readable(page, `${name}-en`)
  await language(page, 'vi')
  assert.deepEqual(page.problems.splice(0).filter((each) => !expected.test(each)), [], `the console at ${name}`)
}
