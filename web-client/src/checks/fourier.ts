/** In-place FFT of a complex signal whose length is a power of two. `sign` +1 goes back, unscaled. */
export function transform(real: Float64Array, imaginary: Float64Array, sign: -1 | 1): void {
  const size = real.length
  for (let i = 1, j = 0; i < size; i += 1) {
    let bit = size >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j ^= bit
    if (i < j) {
      ;[real[i], real[j]] = [real[j] ?? 0, real[i] ?? 0]
      ;[imaginary[i], imaginary[j]] = [imaginary[j] ?? 0, imaginary[i] ?? 0]
    }
  }
  for (let length = 2; length <= size; length <<= 1) {
    const half = length >> 1
    const angle = (sign * 2 * Math.PI) / length
    for (let k = 0; k < half; k += 1) {
      const cos = Math.cos(angle * k)
      const sin = Math.sin(angle * k)
      for (let start = k; start < size; start += length) {
        const other = start + half
        const re = (real[other] ?? 0) * cos - (imaginary[other] ?? 0) * sin
        const im = (real[other] ?? 0) * sin + (imaginary[other] ?? 0) * cos
        real[other] = (real[start] ?? 0) - re
        imaginary[other] = (imaginary[start] ?? 0) - im
        real[start] = (real[start] ?? 0) + re
        imaginary[start] = (imaginary[start] ?? 0) + im
      }
    }
  }
}
