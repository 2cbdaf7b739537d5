/**
 * Looks for what a loudspeaker plays in what the microphone beside it gives: correlation with the
 * spectrum whitened (generalised cross-correlation with phase transform, Knapp and Carter 1976) over
 * the band of speech, summed over several moments. What is said in the room meanwhile is not alike
 * and averages out.
 */
import type { EchoFigures } from './figures'
import { transform } from './fourier'

/** Samples of one moment: what was played, and what the microphone gave, both ending now. */
export interface SoundMoment {
  received: Float32Array
  microphone: Float32Array
}

const BAND = { from: 300, to: 3600 }
/** Bins weaker than this share of the strongest say nothing. */
const WEAK = 1e-4
/** A moment in which less than this was played tells nothing: about -60 dBFS. */
const QUIET = 1e-3
const LONGEST_MS = 500
const DECIMATE = 4

export function findEcho(moments: readonly SoundMoment[], sampleRate: number): EchoFigures {
  const rate = sampleRate / DECIMATE
  const nothing: EchoFigures = { measured: false, likeness: 0, level: -120, delay: 0 }
  let size = 0
  let phase: [Float64Array, Float64Array] | null = null
  let plain: [Float64Array, Float64Array] | null = null
  let weight = 0
  const played: Float32Array[] = []
  for (const moment of moments) {
    const received = slower(moment.received)
    const microphone = slower(moment.microphone)
    if (energy(received) / Math.max(1, received.length) < QUIET * QUIET) continue
    size ||= 2 ** Math.ceil(Math.log2(Math.max(2, received.length)) + 1)
    phase ??= [new Float64Array(size), new Float64Array(size)]
    plain ??= [new Float64Array(size), new Float64Array(size)]
    const x = spectrum(received, size)
    const y = spectrum(microphone, size)
    played.push(received)
    weight += addCross(x, y, rate, phase, plain)
  }
  if (!phase || !plain || weight === 0) return nothing
  transform(phase[0], phase[1], 1)
  transform(plain[0], plain[1], 1)
  let best = 0
  const longest = Math.floor((LONGEST_MS / 1000) * rate)
  for (let lag = 0; lag <= longest; lag += 1) {
    if ((phase[0][lag] ?? 0) > (phase[0][best] ?? 0)) best = lag
  }
  const likeness = Math.min(1, Math.max(0, (phase[0][best] ?? 0) / weight))
  // Of what was played late in a moment the echo came after it.
  const reached = played.reduce(
    (sum, each) => sum + energy(each.subarray(0, -best || undefined)),
    0,
  )
  const gain = reached > 0 ? Math.abs(plain[0][best] ?? 0) / size / reached : 0
  return {
    measured: true,
    likeness,
    level: gain > 1e-6 ? Math.max(-120, 20 * Math.log10(gain)) : -120,
    delay: (1000 * best) / rate,
  }
}

/** A quarter of the samples, each the mean of four: enough of a filter for the band looked at. */
function slower(samples: Float32Array): Float32Array {
  const out = new Float32Array(Math.floor(samples.length / DECIMATE))
  for (let i = 0; i < out.length; i += 1) {
    let sum = 0
    for (let k = 0; k < DECIMATE; k += 1) sum += samples[i * DECIMATE + k] ?? 0
    out[i] = sum / DECIMATE
  }
  return out
}

function energy(samples: Float32Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0)
}

function spectrum(samples: Float32Array, size: number): [Float64Array, Float64Array] {
  const real = new Float64Array(size)
  const imaginary = new Float64Array(size)
  real.set(samples.subarray(0, size))
  transform(real, imaginary, -1)
  return [real, imaginary]
}

/** Adds Y·X* of this moment, whitened to `phase` and as it is to `plain`; returns the bins used. */
function addCross(
  [xr, xi]: [Float64Array, Float64Array],
  [yr, yi]: [Float64Array, Float64Array],
  rate: number,
  phase: [Float64Array, Float64Array],
  plain: [Float64Array, Float64Array],
): number {
  const size = xr.length
  const first = Math.ceil((BAND.from * size) / rate)
  const last = Math.min(size / 2 - 1, Math.floor((BAND.to * size) / rate))
  let strongest = 0
  for (let k = first; k <= last; k += 1) {
    strongest = Math.max(strongest, (xr[k] ?? 0) ** 2 + (xi[k] ?? 0) ** 2)
  }
  let used = 0
  for (let k = first; k <= last; k += 1) {
    const a = xr[k] ?? 0
    const b = xi[k] ?? 0
    if (a * a + b * b < WEAK * strongest) continue
    const re = (yr[k] ?? 0) * a + (yi[k] ?? 0) * b
    const im = (yi[k] ?? 0) * a - (yr[k] ?? 0) * b
    const length = Math.hypot(re, im)
    used += 2
    for (const [at, sign] of [
      [k, 1],
      [size - k, -1],
    ] as const) {
      if (length > 0) {
        phase[0][at] = (phase[0][at] ?? 0) + re / length
        phase[1][at] = (phase[1][at] ?? 0) + (sign * im) / length
      }
      plain[0][at] = (plain[0][at] ?? 0) + re
      plain[1][at] = (plain[1][at] ?? 0) + sign * im
    }
  }
  return used
}
