/* Services in C, as people write them with stb_image, stb_image_resize and libjpeg.
   Usage: in_c PHOTO OUTPUT_FOLDER */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#define STB_IMAGE_IMPLEMENTATION
#include <stb/stb_image.h>
#define STB_IMAGE_RESIZE_IMPLEMENTATION
#include <stb/stb_image_resize.h>

enum { SIDE = 224 };

typedef struct {
    int width, height;
    unsigned char *pixels;
} Image;

static const char *folder;

static Image blank(int width, int height) {
    return (Image){width, height, malloc((size_t)3 * width * height)};
}

static void save(const char *id, Image image, int imagenet) {
    static const float mean[] = {0.485f, 0.456f, 0.406f}, deviation[] = {0.229f, 0.224f, 0.225f};
    static float values[3 * SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++)
        for (int c = 0; c < 3; c++) {
            float value = image.pixels[3 * i + c] / 255.0f;
            values[c * SIDE * SIDE + i] = imagenet ? (value - mean[c]) / deviation[c] : value;
        }
    char path[4096];
    snprintf(path, sizeof path, "%s/c-%s.npy", folder, id);
    FILE *file = fopen(path, "wb");
    if (!file) exit(1);
    fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, file);
    fprintf(file, "%-117s\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 224, 224), }");
    fwrite(values, sizeof values, 1, file);
    fclose(file);
}

static Image nearest(Image image, int width, int height) {
    Image out = blank(width, height);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            size_t from = (size_t)(y * image.height / height) * image.width + x * image.width / width;
            memcpy(out.pixels + 3 * (y * width + x), image.pixels + 3 * from, 3);
        }
    return out;
}

/* Two taps, with the corners' pixels on each other: the loop out of most first attempts. */
static Image bilinear(Image image, int width, int height) {
    Image out = blank(width, height);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            float row = (float)y * (image.height - 1) / (height - 1), column = (float)x * (image.width - 1) / (width - 1);
            int top = (int)row, left = (int)column;
            int bottom = top + 1 < image.height ? top + 1 : top, next = left + 1 < image.width ? left + 1 : left;
            float down = row - top, along = column - left;
            for (int c = 0; c < 3; c++) {
#define AT(y, x) image.pixels[3 * ((size_t)(y) * image.width + (x)) + c]
                float upper = AT(top, left) * (1 - along) + AT(top, next) * along;
                float lower = AT(bottom, left) * (1 - along) + AT(bottom, next) * along;
                out.pixels[3 * (y * width + x) + c] = (unsigned char)(upper * (1 - down) + lower * down);
            }
        }
    return out;
}

static Image crop(Image image) {
    Image out = blank(SIDE, SIDE);
    int left = (image.width - SIDE) / 2, top = (image.height - SIDE) / 2;
    for (int y = 0; y < SIDE; y++)
        memcpy(out.pixels + 3 * SIDE * y, image.pixels + 3 * ((size_t)(top + y) * image.width + left), 3 * SIDE);
    return out;
}

/* libjpeg makes the photo smaller while it decodes: halves, quarters, eighths, as long as both sides stay above 256. */
static Image decoded_smaller(const char *path) {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    FILE *file = fopen(path, "rb");
    info.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&info);
    jpeg_stdio_src(&info, file);
    jpeg_read_header(&info, TRUE);
    info.out_color_space = JCS_RGB;
    for (info.scale_denom = 8; info.scale_denom > 1; info.scale_denom /= 2)
        if (info.image_width / info.scale_denom >= 256 && info.image_height / info.scale_denom >= 256) break;
    jpeg_start_decompress(&info);
    Image out = blank(info.output_width, info.output_height);
    while (info.output_scanline < info.output_height) {
        JSAMPROW row = out.pixels + (size_t)3 * out.width * info.output_scanline;
        jpeg_read_scanlines(&info, &row, 1);
    }
    jpeg_finish_decompress(&info);
    jpeg_destroy_decompress(&info);
    fclose(file);
    return out;
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    folder = arguments[2];
    Image photo;
    photo.pixels = stbi_load(arguments[1], &photo.width, &photo.height, NULL, 3);
    if (!photo.pixels) return 1;

    save("nearest-squash", nearest(photo, SIDE, SIDE), 0);
    save("bilinear-squash", bilinear(photo, SIDE, SIDE), 1);

    Image out = blank(SIDE, SIDE);
    stbir_resize_uint8(photo.pixels, photo.width, photo.height, 0, out.pixels, SIDE, SIDE, 0, 3);
    save("stb-resize-squash", out, 0);
    stbir_resize_uint8_srgb(photo.pixels, photo.width, photo.height, 0, out.pixels, SIDE, SIDE, 0, 3, STBIR_ALPHA_CHANNEL_NONE, 0);
    save("stb-resize-linear-light", out, 1);

    size_t length = strlen(arguments[1]);
    Image smaller = strcmp(arguments[1] + length - 4, ".png") ? decoded_smaller(arguments[1]) : photo;
    int shorter = smaller.width < smaller.height ? smaller.width : smaller.height;
    save("libjpeg-scaled-crop", crop(bilinear(smaller, 256 * smaller.width / shorter, 256 * smaller.height / shorter)), 1);
    return 0;
}
