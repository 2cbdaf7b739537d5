// A line of its own for one browser, as poor as a test wants it: tests/fault/network/poor_line.py.
import { spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../fault/network/poor_line.py', import.meta.url))
const words = (settings) => Object.entries(settings).map(([key, value]) => `${key}=${value}`).join(' ')

export class PoorLine {
  /** null, after saying loudly why, where none can be made. `near`: this end's address, of the server. */
  static async open(seed = 1) {
    const line = new PoorLine()
    line.process = spawn('/usr/bin/python3', ['-B', program, String(seed)], { stdio: ['pipe', 'pipe', 'inherit'] })
    line.ended = new Promise((resolve) => line.process.once('exit', resolve))
    line.answers = createInterface({ input: line.process.stdout })[Symbol.asyncIterator]()
    const made = await line.#answer()
    if (made.missing) {
      console.log(`\n*** SKIPPED, NOT TESTED: poor lines: ${made.missing} ***\n`)
      await line.ended
      return null
    }
    Object.assign(line, made)
    line.folder = await mkdtemp(join(tmpdir(), 'diemcau-line-'))
    line.browser = join(line.folder, 'chromium')
    const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium'
    await writeFile(line.browser, `#!/bin/sh\nexec ${made.inside.join(' ')} ${chromium} "$@"\n`)
    await chmod(line.browser, 0o755)
    return line
  }

  async #answer() {
    const { value, done } = await this.answers.next()
    if (done) throw new Error('poor_line.py ended')
    return JSON.parse(value)
  }

  #ask(command) {
    this.process.stdin.write(command + '\n')
    return this.#answer()
  }

  /** Milliseconds, bit/s, bytes: { rate: 300_000, buffer: 7500, loss: 0.05, delay: 30, jitter: 5 }. */
  down(settings) {
    return this.#ask(`set down ${words(settings)}`)
  }
  up(settings) {
    return this.#ask(`set up ${words(settings)}`)
  }
  both(settings) {
    return this.#ask(`set both ${words(settings)}`)
  }
  /** { down, up }, each { packets, lost, overflowed, most_waiting }. */
  counts() {
    return this.#ask('counts')
  }

  async close() {
    this.process.stdin.end()
    await this.ended
    await rm(this.folder, { recursive: true, force: true })
  }
}
