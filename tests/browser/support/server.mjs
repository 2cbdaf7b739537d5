// The real program, on a free port, with a data folder of its own.
import { spawn, execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const run = promisify(execFile)
const binary = process.env.DIEMCAU_BIN
if (!binary) throw new Error('DIEMCAU_BIN must name the program under test')

/** The machine's own address: Firefox does not connect to loopback. */
export function hostAddress() {
  for (const addresses of Object.values(networkInterfaces()))
    for (const address of addresses ?? [])
      if (address.family === 'IPv4' && !address.internal) return address.address
  return undefined
}

export class Server {
  static async start({ data, port = 0, address = '127.0.0.1', extra = [] } = {}) {
    const server = new Server()
    server.address = address
    server.ownsData = data === undefined
    server.data = data ?? (await mkdtemp(join(tmpdir(), 'diemcau-')))
    await server.#launch(port, extra)
    return server
  }

  async #launch(port, extra) {
    const ice = ['--ice-address', this.address]
    const host = hostAddress()
    if (host && this.address === '127.0.0.1') ice.push('--ice-address', host)
    this.extra = extra
    // What is shed must not depend on what else the machine does, unless that is what is tested.
    const shed = extra.includes('--shed-above') ? [] : ['--shed-above', '100']
    this.process = spawn(
      binary,
      ['serve', '--listen', `${this.address}:${port}`, '--data', this.data, ...ice, ...shed, ...extra],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.log = []
    createInterface({ input: this.process.stderr }).on('line', (line) => this.log.push(line))
    this.exited = new Promise((resolve) => this.process.once('exit', (code, signal) => resolve({ code, signal })))
    this.url = await new Promise((resolve, reject) => {
      createInterface({ input: this.process.stdout }).on('line', (line) => {
        const found = /(https?:\/\/\S+)/.exec(line)
        if (found) resolve(found[1])
      })
      this.exited.then(({ code }) => reject(new Error(`serve ended with ${code}:\n${this.log.join('\n')}`)))
    })
  }

  async #cli(...words) {
    const { stdout } = await run(binary, [...words, '--data', this.data])
    return stdout.trim().split('\n').at(-1)
  }

  createMeeting({ title, chair = 'HD', expect = 'all' }) {
    return this.#cli('meeting', 'create', '--title', title, '--chair', chair, '--expect', expect)
  }

  token(meeting, unit, role) {
    return this.#cli('token', '--meeting', meeting, '--unit', unit, '--role', role)
  }

  /** The password made for a new account. */
  async addUser(name, role, unit) {
    const { stdout } = await run(binary, ['user', 'add', name, '--role', role, ...(unit ? ['--unit', unit] : []), '--data', this.data])
    return stdout.trim().split(/\s+/).at(-1)
  }

  simulate(meeting, sites, extra = []) {
    return spawn(binary, ['simulate', '--url', this.url, '--meeting', meeting, '--data', this.data,
      '--sites', String(sites), ...extra], { stdio: 'ignore' })
  }

  async api(path, { token, method = 'GET', body } = {}) {
    return fetch(this.url + path, {
      method,
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body ? JSON.stringify(body) : undefined,
    })
  }

  async kill() {
    this.process.kill('SIGKILL')
    await this.exited
  }

  /** The same data, the same port: as a service manager would start it again. */
  async restart() {
    await this.#launch(new URL(this.url).port, this.extra)
  }

  async stop() {
    this.process.kill('SIGTERM')
    const ended = await this.exited
    if (this.ownsData) await rm(this.data, { recursive: true, force: true })
    if (ended.code !== 0) throw new Error(`serve ended with ${JSON.stringify(ended)}:\n${this.log.join('\n')}`)
  }
}
