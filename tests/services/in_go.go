// Services in Go, as people write them with image/jpeg, x/image/draw, nfnt/resize, disintegration/imaging and smartcrop.
// Usage: in_go PHOTO OUTPUT_FOLDER
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"

	"github.com/disintegration/imaging"
	"github.com/muesli/smartcrop"
	"github.com/muesli/smartcrop/nfnt"
	"github.com/nfnt/resize"
	"golang.org/x/image/draw"
)

const size = 224

var (
	mean = [3]float32{0.485, 0.456, 0.406}
	std  = [3]float32{0.229, 0.224, 0.225}
)

func only255(level uint32, _ int) float32 { return float32(level>>8) / 255 }
func half(level uint32, _ int) float32    { return float32(level>>8)/127.5 - 1 }
func right(level uint32, channel int) float32 {
	return (float32(level>>8)/255 - mean[channel]) / std[channel]
}

// Color.RGBA gives 16 bits; this service takes them for 8.
func sixteenBits(level uint32, _ int) float32 { return float32(level) / 255 }

func main() {
	photo, upright := open(os.Args[1]), openUpright(os.Args[1])
	save := func(id string, picture image.Image, change func(uint32, int) float32) {
		write(filepath.Join(os.Args[2], "go-"+id+".npy"), picture, change)
	}

	save("nfnt-bilinear-squash", resize.Resize(size, size, photo, resize.Bilinear), only255)
	save("nfnt-nearest-squash", resize.Resize(size, size, photo, resize.NearestNeighbor), half)
	save("nfnt-lanczos-crop", crop(shorterNfnt(photo, 256, resize.Lanczos3), size), right)
	save("nfnt-thumbnail-pasted", pasted(resize.Thumbnail(size, size, photo, resize.Lanczos3)), right)

	save("draw-nearest-squash", scaled(photo, size, size, draw.NearestNeighbor), only255)
	save("draw-approx-crop", crop(shorter(photo, 256, draw.ApproxBiLinear), size), right)
	save("draw-bilinear-crop", crop(shorter(upright, 256, draw.BiLinear), size), right)
	save("draw-catmullrom-square", crop(scaled(photo, 256, 256, draw.CatmullRom), size), right)

	save("imaging-fill", imaging.Fill(upright, size, size, imaging.Center, imaging.Lanczos), right)
	save("imaging-box-16-bits", imaging.Resize(photo, size, size, imaging.Box), sixteenBits)
	save("imaging-sharpened", imaging.Sharpen(imaging.Fill(upright, size, size, imaging.Center, imaging.Linear), 0.8), right)
	save("smartcrop", resize.Resize(size, size, smart(photo), resize.Bicubic), right)
	save("jpeg-twice", again(resize.Resize(size, size, photo, resize.Bilinear)), right)
}

func open(path string) image.Image {
	file, err := os.Open(path)
	check(err)
	defer file.Close()
	photo, _, err := image.Decode(file)
	check(err)
	return photo
}

func openUpright(path string) image.Image {
	photo, err := imaging.Open(path, imaging.AutoOrientation(true))
	check(err)
	return photo
}

// Width and height once the shorter side is of this size.
func sides(photo image.Image, shorter int) (int, int) {
	width, height := photo.Bounds().Dx(), photo.Bounds().Dy()
	if width < height {
		return shorter, shorter * height / width
	}
	return shorter * width / height, shorter
}

func shorter(photo image.Image, to int, how draw.Scaler) image.Image {
	width, height := sides(photo, to)
	return scaled(photo, width, height, how)
}

func shorterNfnt(photo image.Image, to uint, how resize.InterpolationFunction) image.Image {
	if photo.Bounds().Dx() < photo.Bounds().Dy() {
		return resize.Resize(to, 0, photo, how)
	}
	return resize.Resize(0, to, photo, how)
}

func scaled(photo image.Image, width, height int, how draw.Scaler) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	how.Scale(out, out.Bounds(), photo, photo.Bounds(), draw.Src, nil)
	return out
}

func crop(photo image.Image, side int) image.Image {
	bounds := photo.Bounds()
	left, top := (bounds.Dx()-side)/2, (bounds.Dy()-side)/2
	out := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.Draw(out, out.Bounds(), photo, bounds.Min.Add(image.Pt(left, top)), draw.Src)
	return out
}

func pasted(small image.Image) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, size, size))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.RGBA{128, 128, 128, 255}), image.Point{}, draw.Src)
	left, top := (size-small.Bounds().Dx())/2, (size-small.Bounds().Dy())/2
	draw.Draw(out, small.Bounds().Add(image.Pt(left, top)), small, small.Bounds().Min, draw.Src)
	return out
}

func smart(photo image.Image) image.Image {
	found, err := smartcrop.NewAnalyzer(nfnt.NewDefaultResizer()).FindBestCrop(photo, size, size)
	check(err)
	return imaging.Crop(photo, found)
}

func again(picture image.Image) image.Image {
	var buffer bytes.Buffer
	check(jpeg.Encode(&buffer, picture, &jpeg.Options{Quality: 50}))
	decoded, err := jpeg.Decode(&buffer)
	check(err)
	return decoded
}

func write(path string, picture image.Image, change func(uint32, int) float32) {
	values := make([]float32, 3*size*size)
	corner := picture.Bounds().Min
	for i := 0; i < size*size; i++ {
		r, g, b, _ := picture.At(corner.X+i%size, corner.Y+i/size).RGBA()
		for channel, level := range [3]uint32{r, g, b} {
			values[channel*size*size+i] = change(level, channel)
		}
	}
	var out bytes.Buffer
	header := fmt.Sprintf("%-117s\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 224, 224), }")
	out.WriteString("\x93NUMPY\x01\x00")
	check(binary.Write(&out, binary.LittleEndian, uint16(len(header))))
	out.WriteString(header)
	check(binary.Write(&out, binary.LittleEndian, values))
	check(os.WriteFile(path, out.Bytes(), 0o644))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
