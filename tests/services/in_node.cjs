// Services in Node, as people write them with sharp, Jimp, @napi-rs/canvas, jpeg-js, image-js and pica.
// Usage: NODE_PATH=.../node_modules node in_node.cjs PHOTO OUTPUT_FOLDER
'use strict'
const fs = require('fs')
const path = require('path')
const sharp = require('sharp')
const { Jimp, ResizeStrategy } = require('jimp')
const { createCanvas, loadImage } = require('@napi-rs/canvas')
const jpeg = require('jpeg-js')
const { PNG } = require('pngjs')
const { Pica } = require('pica')

const MEAN = [0.485, 0.456, 0.406]
const STD = [0.229, 0.224, 0.225]
const SIZE = 224
const PLANE = SIZE * SIZE

function save(file, values, shape) {
  const kind = values instanceof Float32Array ? '<f4' : '|u1'
  let header = `{'descr': '${kind}', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`
  header = header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11) + '\n'
  const start = Buffer.concat([Buffer.from([0x93]), Buffer.from('NUMPY\x01\x00'), Buffer.alloc(2)])
  start.writeUInt16LE(header.length, 8)
  const body = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  fs.writeFileSync(file, Buffer.concat([start, Buffer.from(header), body]))
}

// Pixels of 3 or 4 bytes to channels first.
function planes(pixels, change) {
  const step = pixels.length / PLANE
  const out = new Float32Array(3 * PLANE)
  for (let i = 0; i < PLANE; i++) for (let c = 0; c < 3; c++) out[c * PLANE + i] = change(pixels[i * step + c], c)
  return [out, [3, SIZE, SIZE]]
}
const right = (pixels) => planes(pixels, (level, c) => (level / 255 - MEAN[c]) / STD[c])
const only255 = (pixels) => planes(pixels, (level) => level / 255)
// Channels last, from -1 to 1.
function half(pixels) {
  const out = new Float32Array(3 * PLANE)
  const step = pixels.length / PLANE
  for (let i = 0; i < PLANE; i++) for (let c = 0; c < 3; c++) out[i * 3 + c] = pixels[i * step + c] / 127.5 - 1
  return [out, [SIZE, SIZE, 3]]
}
const levels = (pixels) => [Uint8Array.from(pixels), [SIZE, SIZE, 3]]
const raw = (image) => image.removeAlpha().raw().toBuffer()

async function outside256(image, kernel) {
  const { data, info } = await image.resize(256, 256, { fit: 'outside', kernel }).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const region = { left: (info.width - SIZE) >> 1, top: (info.height - SIZE) >> 1, width: SIZE, height: SIZE }
  return raw(sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } }).extract(region))
}

// A canvas of this size with the photo drawn over all of it, or over part of it.
function drawn(image, width, height, place, smooth = 'low') {
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  context.imageSmoothingQuality = smooth
  context.drawImage(image, ...(place || [0, 0, width, height]))
  return canvas
}
const pixelsOf = (canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data

function decode(photo) {
  const bytes = fs.readFileSync(photo)
  return photo.endsWith('.png') ? PNG.sync.read(bytes) : jpeg.decode(bytes, { useTArray: true, maxMemoryUsageInMB: 2048 })
}

const services = {
  'node-sharp-resize-224': async (photo) => only255(await raw(sharp(photo).resize(SIZE, SIZE))),
  'node-sharp-fill': async (photo) => right(await raw(sharp(photo).autoOrient().resize(SIZE, SIZE, { fit: 'fill' }))),
  'node-sharp-outside-256': async (photo) => right(await outside256(sharp(photo).autoOrient(), 'linear')),
  'node-sharp-cubic-levels': async (photo) => levels(await outside256(sharp(photo), 'cubic')),
  'node-sharp-contain': async (photo) =>
    half(await raw(sharp(photo).autoOrient().resize(SIZE, SIZE, { fit: 'contain', background: '#ffffff' }))),
  'node-sharp-attention': async (photo) =>
    right(await raw(sharp(photo).autoOrient().resize(SIZE, SIZE, { position: sharp.strategy.attention }))),
  'node-sharp-webp': async (photo) =>
    right(await raw(sharp(await sharp(photo).autoOrient().resize(SIZE, SIZE, { fit: 'fill' }).webp({ quality: 50 }).toBuffer()))),
  'node-sharp-modulated': async (photo) =>
    right(await raw(sharp(photo).autoOrient().resize(SIZE, SIZE).modulate({ saturation: 1.4 }).sharpen())),

  'node-jimp-resize': async (photo) => only255((await Jimp.read(photo)).resize({ w: SIZE, h: SIZE }).bitmap.data),
  'node-jimp-cover': async (photo) =>
    right((await Jimp.read(photo)).cover({ w: SIZE, h: SIZE, mode: ResizeStrategy.BILINEAR }).bitmap.data),

  'node-canvas-drawimage': async (photo) => only255(pixelsOf(drawn(await loadImage(photo), SIZE, SIZE))),
  'node-canvas-high-cover': async (photo) => {
    const image = await loadImage(photo)
    const scale = SIZE / Math.min(image.width, image.height)
    const [width, height] = [image.width * scale, image.height * scale]
    return right(pixelsOf(drawn(image, SIZE, SIZE, [(SIZE - width) / 2, (SIZE - height) / 2, width, height], 'high')))
  },
  'node-canvas-halving': async (photo) => {
    let image = await loadImage(photo)
    while (image.width >= 2 * SIZE && image.height >= 2 * SIZE) image = drawn(image, image.width >> 1, image.height >> 1)
    return half(pixelsOf(drawn(image, SIZE, SIZE)))
  },

  'node-jpegjs-nearest': async (photo) => {
    const { width, height, data } = decode(photo)
    const out = new Uint8Array(3 * PLANE)
    for (let y = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++) {
        const from = 4 * (Math.floor((y * height) / SIZE) * width + Math.floor((x * width) / SIZE))
        out.set(data.subarray(from, from + 3), 3 * (y * SIZE + x))
      }
    }
    return only255(out)
  },
  'node-imagejs-resize': async (photo) => {
    const { readSync } = await import(require.resolve('image-js'))
    return only255(readSync(photo).resize({ width: SIZE, height: SIZE }).getRawImage().data)
  },
  'node-pica-resize': async (photo) => {
    const { width, height, data } = decode(photo)
    const options = { src: Uint8Array.from(data), width, height, toWidth: SIZE, toHeight: SIZE }
    return right(await new Pica({ features: ['js'] }).resizeBuffer(options))
  },
}

async function main() {
  for (const [id, preprocess] of Object.entries(services)) {
    const [values, shape] = await preprocess(process.argv[2])
    save(path.join(process.argv[3], `${id}.npy`), values, shape)
  }
}
main()
