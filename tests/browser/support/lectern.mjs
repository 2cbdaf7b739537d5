// A room that presents a page of slides: its screen is a canvas, since a headless browser has none.

export const slideLines = [
  'Kết quả cải cách hành chính quý III',
  'Hồ sơ giải quyết đúng hạn: 98,7 %',
  'Dịch vụ công trực tuyến: 1245 thủ tục',
  'Số hóa kết quả giải quyết: 76,4 %',
  'Chỉ số hài lòng của người dân: 91,2 %',
]

/** Before the page is opened. */
export async function bringSlides(page) {
  await page.evaluateOnNewDocument((lines) => {
    navigator.mediaDevices.getDisplayMedia = async () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 })
      const context = canvas.getContext('2d')
      let shown = 0
      const draw = () => {
        context.fillStyle = '#fff'
        context.fillRect(0, 0, 1280, 720)
        context.fillStyle = '#0b3d91'
        context.fillRect(0, 0, 1280, 130)
        lines.forEach((line, i) => {
          context.fillStyle = i === 0 ? '#fff' : '#111'
          context.font = i === 0 ? 'bold 52px "Noto Sans"' : '44px "Noto Sans"'
          context.fillText(line, 70, i === 0 ? 85 : 130 + i * 115)
        })
        // A cursor that blinks: a canvas that does not change sends nothing.
        context.fillStyle = ++shown % 2 ? '#111' : '#fff'
        context.fillRect(70, 650, 4, 40)
      }
      draw()
      const stream = canvas.captureStream(5)
      const drawing = setInterval(draw, 200)
      stream.getTracks()[0].addEventListener('ended', () => clearInterval(drawing))
      return stream
    }
  }, slideLines)
}
