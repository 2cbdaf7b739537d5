import { audioContext, wakeAudioContext } from './audio-context'

/** Three rising notes, so that a hum or a knock is not taken for them. Hertz. */
const NOTES = [392, 523.25, 659.25]
const NOTE_SECONDS = 0.32

/** Plays the test sound on a chosen loudspeaker; resolves when it has ended. */
export async function playTestTone(speakerId: string): Promise<void> {
  wakeAudioContext()
  const context = audioContext()
  const target = context.createMediaStreamDestination()
  const output = new Audio()
  output.srcObject = target.stream
  if (speakerId && 'setSinkId' in output) await output.setSinkId(speakerId).catch(() => undefined)
  await output.play()
  const start = context.currentTime + 0.05
  const ended = NOTES.map((frequency, index) =>
    playNote(context, target, frequency, start + index * NOTE_SECONDS),
  )
  await Promise.all(ended)
  output.pause()
  output.srcObject = null
}

function playNote(
  context: AudioContext,
  target: AudioNode,
  frequency: number,
  at: number,
): Promise<void> {
  const oscillator = context.createOscillator()
  const gain = context.createGain()
  oscillator.frequency.value = frequency
  gain.gain.setValueAtTime(0, at)
  gain.gain.linearRampToValueAtTime(0.35, at + 0.02)
  gain.gain.setValueAtTime(0.35, at + NOTE_SECONDS - 0.08)
  gain.gain.linearRampToValueAtTime(0, at + NOTE_SECONDS)
  oscillator.connect(gain).connect(target)
  oscillator.start(at)
  oscillator.stop(at + NOTE_SECONDS)
  return new Promise((resolve) => {
    oscillator.onended = () => resolve()
  })
}
