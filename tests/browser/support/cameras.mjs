// What the browsers' cameras and microphones see and hear: files made once per run.
import { execFile } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
export const ffmpeg = (...words) => run('ffmpeg', ['-v', 'error', '-y', ...words])
export const footage = '/usr/share/doc/opencv-doc/examples/data/vtest.avi'

let folder
export const inFolder = async (name) => join((folder ??= await mkdtemp(join(tmpdir(), 'diemcau-media-'))), name)
export const mediaFolder = () => folder
process.on('exit', () => folder && rmSync(folder, { recursive: true, force: true }))

/** One colour with a box that runs, so that a frozen picture is seen. */
export async function colourCamera(colour) {
  const file = await inFolder(`${colour}.mjpeg`)
  if (!existsSync(file))
    await ffmpeg('-f', 'lavfi', '-i', `color=c=${colour}:s=640x360:r=15:d=4`, '-vf',
      "drawbox=x='mod(t*180,600)':y=330:w=40:h=20:color=gray:t=fill", '-q:v', '3', '-f', 'mjpeg', file)
  return file
}

/** People walking: Debian's opencv-doc. */
export async function footageCamera(size = '640:360') {
  const file = await inFolder(`footage-${size.replace(':', 'x')}.mjpeg`)
  if (!existsSync(file))
    await ffmpeg('-t', '10', '-i', footage, '-vf', `scale=${size}`, '-r', '15', '-q:v', '4', '-f', 'mjpeg', file)
  return file
}

/** 1280×720: its left half one colour to be known by, in the right one people walk. */
export async function halfFootageCamera(colour) {
  const file = await inFolder(`half-${colour}.mjpeg`)
  if (!existsSync(file))
    await ffmpeg('-t', '6', '-i', footage, '-vf', `scale=640:720,pad=1280:720:640:0:${colour}`, '-r', '15', '-q:v', '4', '-f', 'mjpeg', file)
  return file
}

/** A tone of one frequency in Hz. */
export async function tone(frequency) {
  const file = await inFolder(`${frequency}.wav`)
  if (!existsSync(file))
    await ffmpeg('-f', 'lavfi', '-i', `sine=frequency=${frequency}:duration=10:sample_rate=48000`, '-af', 'volume=4dB', file)
  return file
}

/** A lens cap: black, and not quite still. */
export async function blackCamera() {
  const file = await inFolder('black.mjpeg')
  if (!existsSync(file))
    await ffmpeg('-f', 'lavfi', '-i', 'color=c=black:s=640x360:r=15:d=4', '-vf', 'noise=alls=4:allf=t', '-q:v', '3', '-f', 'mjpeg', file)
  return file
}

/** A microphone whose own switch is off. */
export async function silence() {
  const file = await inFolder('silence.wav')
  if (!existsSync(file)) await ffmpeg('-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=mono', '-t', '10', file)
  return file
}
