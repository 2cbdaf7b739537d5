// A Vietnamese voice for a browser's microphone, by espeak-ng; the file is made once per run.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { ffmpeg, inFolder } from './cameras.mjs'

const run = promisify(execFile)
const REPORT =
  'Kính thưa chủ tọa, kính thưa các đồng chí ở các điểm cầu, tôi xin báo cáo tình hình thu ngân sách chín tháng ' +
  'đầu năm của huyện. Về công tác phòng chống bão, toàn xã đã chằng chống bốn trăm hai mươi ngôi nhà và di dời ' +
  'sáu mươi hộ dân ra khỏi vùng trũng. Đề nghị sở giao thông sớm sửa đoạn đường liên xã, vì xe chở nông sản ' +
  'không qua được từ tháng trước đến nay.'

/** A report of half a minute; null where espeak-ng is missing. */
export async function report() {
  const file = await inFolder('report.wav')
  if (existsSync(file)) return file
  const spoken = await inFolder('report-spoken.wav')
  try {
    await run('espeak-ng', ['-v', 'vi', '-s', '160', '-w', spoken, REPORT])
  } catch (problem) {
    if (problem.code === 'ENOENT') return null
    throw problem
  }
  await ffmpeg('-i', spoken, '-ar', '48000', '-ac', '1', file)
  return file
}
