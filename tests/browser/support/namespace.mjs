// A network of its own for one browser: a namespace behind a cable (veth) whose line can be cut and
// whose address can change, as a site's does.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const run = (...words) => execFileSync(words[0], words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] })

/** Why there can be none; false when there can. */
export function noNamespaces() {
  try {
    run('ip', 'netns', 'add', 'dc-probe-' + process.pid)
    run('ip', 'netns', 'del', 'dc-probe-' + process.pid)
    return false
  } catch {
    return 'network namespaces need root'
  }
}

const alive = (pid) => existsSync(`/proc/${pid}`)

/** Of a test that was killed: its browser, its namespace, and with that its cable. */
function removeAbandoned() {
  for (const [name, pid] of String(run('ip', 'netns', 'list')).matchAll(/^dc-site-(\d+)/gm)) {
    if (alive(pid)) continue
    for (const left of String(run('ip', 'netns', 'pids', name)).match(/\d+/g) ?? []) {
      try {
        process.kill(Number(left), 'SIGKILL')
      } catch {
        // It ended by itself.
      }
    }
    run('ip', 'netns', 'del', name)
  }
}

export class Namespace {
  constructor() {
    removeAbandoned()
    const id = process.pid % 16_000
    this.name = `dc-site-${process.pid}`
    this.cable = `dcs${id}`
    const net = `10.${200 + (id >> 8) % 50}.${id & 255}`
    ;[this.server, this.site, this.otherSite] = [`${net}.1`, `${net}.2`, `${net}.3`]
    run('ip', 'netns', 'add', this.name)
    run('ip', 'link', 'add', this.cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.name)
    // IPv6 gives itself an address a second after the cable is up: for a browser a change of network
    // in the middle of its first page.
    const silence = (cable) => `for f in /proc/sys/net/ipv6/conf/${cable}/disable_ipv6; do [ ! -w $f ] || echo 1 > $f; done`
    run('sh', '-c', silence(this.cable))
    this.inside('sh', '-c', silence('eth0'))
    run('ip', 'addr', 'add', `${this.server}/24`, 'dev', this.cable)
    run('ip', 'link', 'set', this.cable, 'up')
    this.inside('ip', 'link', 'set', 'lo', 'up')
    this.inside('ip', 'addr', 'add', `${this.site}/24`, 'dev', 'eth0')
    this.inside('ip', 'link', 'set', 'eth0', 'up')
    this.folder = mkdtempSync(join(tmpdir(), 'diemcau-netns-'))
    this.chromium = join(this.folder, 'chromium')
    writeFileSync(this.chromium, `#!/bin/sh\nexec ip netns exec ${this.name} ${process.env.CHROMIUM ?? '/usr/bin/chromium'} "$@"\n`)
    chmodSync(this.chromium, 0o755)
  }

  inside(...words) {
    return run('ip', 'netns', 'exec', this.name, ...words)
  }

  /** Silently: no packet goes either way, nobody is told. */
  cut() {
    for (const chain of ['INPUT', 'OUTPUT']) this.inside('iptables', '-I', chain, '!', chain === 'INPUT' ? '-i' : '-o', 'lo', '-j', 'DROP')
  }

  mend() {
    this.inside('iptables', '-F')
  }

  changeAddress() {
    this.inside('ip', 'addr', 'add', `${this.otherSite}/24`, 'dev', 'eth0')
    this.inside('ip', 'addr', 'del', `${this.site}/24`, 'dev', 'eth0')
    // The second of a network goes with the first.
    this.inside('ip', 'addr', 'replace', `${this.otherSite}/24`, 'dev', 'eth0')
  }

  /** For the server's end of the cable; the browsers are told not to mind who signed it. */
  certificate() {
    const [cert, key] = ['cert.pem', 'key.pem'].map((name) => join(this.folder, name))
    run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
      '-subj', '/CN=diemcau', '-addext', `subjectAltName=IP:${this.server}`, '-keyout', key, '-out', cert)
    return { cert, key }
  }

  remove() {
    run('ip', 'link', 'del', this.cable)
    run('ip', 'netns', 'del', this.name)
    rmSync(this.folder, { recursive: true, force: true })
  }
}
