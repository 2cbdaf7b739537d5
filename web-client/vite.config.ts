import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath, URL } from 'node:url'
import { gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const server = 'http://127.0.0.1:8080'

/** What a commune's officer waits for on a weak line: all code from the link to the meeting. */
const WAY_IN = /\/pages\/(Join|Check|Meeting)Page\.vue$/
const FIRST_MEETING_LIMIT = 300_000

function firstMeetingSize(): Plugin {
  return {
    name: 'first-meeting-size',
    apply: 'build',
    writeBundle(_options, bundle) {
      const needed = new Set<string>(['index.html'])
      const need = (file: string): void => {
        const part = bundle[file]
        if (part?.type !== 'chunk' || needed.has(file)) return
        needed.add(file)
        part.imports.forEach(need)
      }
      for (const part of Object.values(bundle)) {
        if (part.type !== 'chunk') continue
        if (part.isEntry || WAY_IN.test(part.facadeModuleId ?? '')) {
          need(part.fileName)
        }
      }
      for (const file of Object.keys(bundle)) if (file.endsWith('.css')) needed.add(file)
      let size = 0
      for (const file of needed) {
        const part = bundle[file]
        if (part) size += gzipSync(part.type === 'chunk' ? part.code : part.source).length
      }
      const said = `From the link into the meeting: ${Math.ceil(size / 1000)} kB compressed in ${needed.size} files`
      if (size > FIRST_MEETING_LIMIT)
        this.error(`${said}, more than ${FIRST_MEETING_LIMIT / 1000} kB`)
      console.log(said)
    },
  }
}

/** Character maps and the standard fonts, for documents that do not bring their own. */
function pdfCompanions(): Plugin {
  const home = fileURLToPath(new URL('./node_modules/pdfjs-dist', import.meta.url))
  const { version } = JSON.parse(readFileSync(`${home}/package.json`, 'utf8')) as {
    version: string
  }
  return {
    name: 'pdf-companions',
    apply: 'build',
    generateBundle() {
      for (const [folder, name] of [
        ['cmaps', 'cmaps'],
        ['standard_fonts', 'fonts'],
      ] as const) {
        for (const file of readdirSync(`${home}/${folder}`)) {
          this.emitFile({
            type: 'asset',
            fileName: `assets/pdf-${version}/${name}/${file}`,
            source: readFileSync(`${home}/${folder}/${file}`),
          })
        }
      }
    },
  }
}

export default defineConfig({
  plugins: [vue(), firstMeetingSize(), pdfCompanions()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_I18N_LEGACY_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  build: {
    target: 'es2021',
    // No data: addresses, so that the server's Content-Security-Policy can stay at 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One file for all: a style sheet that a change of network breaks off is not fetched again, and
    // its page with it.
    cssCodeSplit: false,
  },
  server: {
    proxy: {
      '/api': { target: server, ws: true },
      '/healthz': server,
    },
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
})
