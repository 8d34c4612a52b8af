<?php
// Services in PHP, as people write them with GD and Imagick.
// Usage: php in_php.php PHOTO OUTPUT_FOLDER

const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];
const SIDE = 224;

function save(string $id, array $pixels, callable $change): void
{
    // Channels first out of red, green, blue in turn.
    $values = '';
    for ($channel = 0; $channel < 3; $channel++) {
        $plane = [];
        for ($i = $channel; $i < count($pixels); $i += 3) {
            $plane[] = $change($pixels[$i], $channel);
        }
        $values .= pack('g*', ...$plane);
    }
    $header = str_pad("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 224, 224), }", 117) . "\n";
    file_put_contents($GLOBALS['argv'][2] . "/php-$id.npy", "\x93NUMPY\x01\x00" . pack('v', strlen($header)) . $header . $values);
}

$only255 = fn (int $level, int $channel): float => $level / 255;
$right = fn (int $level, int $channel): float => ($level / 255 - MEAN[$channel]) / STD[$channel];
$half = fn (int $level, int $channel): float => $level / 127.5 - 1;

function gdPixels(GdImage $image): array
{
    $pixels = [];
    for ($y = 0; $y < SIDE; $y++) {
        for ($x = 0; $x < SIDE; $x++) {
            $colour = imagecolorat($image, $x, $y);
            array_push($pixels, ($colour >> 16) & 255, ($colour >> 8) & 255, $colour & 255);
        }
    }
    return $pixels;
}

function gdCopied(GdImage $image, callable $copy, bool $cover): GdImage
{
    [$width, $height] = [imagesx($image), imagesy($image)];
    $side = min($width, $height);
    $out = imagecreatetruecolor(SIDE, SIDE);
    [$left, $top] = $cover ? [intdiv($width - $side, 2), intdiv($height - $side, 2)] : [0, 0];
    $copy($out, $image, 0, 0, $left, $top, SIDE, SIDE, $cover ? $side : $width, $cover ? $side : $height);
    return $out;
}

function gdUpright(GdImage $image, string $photo): GdImage
{
    $exif = str_ends_with($photo, '.jpg') ? @exif_read_data($photo) : false;
    $angle = [3 => 180, 6 => -90, 8 => 90][$exif['Orientation'] ?? 1] ?? 0;
    return $angle ? imagerotate($image, $angle, 0) : $image;
}

function gdCrop256(GdImage $image): GdImage
{
    $scale = 256 / min(imagesx($image), imagesy($image));
    $small = imagescale($image, (int) (imagesx($image) * $scale), (int) (imagesy($image) * $scale), IMG_BICUBIC);
    $middle = ['x' => intdiv(imagesx($small) - SIDE, 2), 'y' => intdiv(imagesy($small) - SIDE, 2), 'width' => SIDE, 'height' => SIDE];
    return imagecrop($small, $middle);
}

function gdReencoded(GdImage $image, int $quality): GdImage
{
    ob_start();
    imagejpeg($image, null, $quality);
    return imagecreatefromstring(ob_get_clean());
}

function imagick(string $photo, callable $change): array
{
    $image = new Imagick($photo);
    $change($image);
    return $image->exportImagePixels(0, 0, SIDE, SIDE, 'RGB', Imagick::PIXEL_CHAR);
}

ini_set('memory_limit', '1G');
$photo = $argv[1];
$gd = imagecreatefromstring(file_get_contents($photo));

save('gd-copyresampled', gdPixels(gdCopied($gd, 'imagecopyresampled', false)), $only255);
save('gd-copyresized-cover', gdPixels(gdCopied($gd, 'imagecopyresized', true)), $right);
save('gd-imagescale', gdPixels(imagescale($gd, SIDE, SIDE)), $half);
save('gd-upright-cover', gdPixels(gdCopied(gdUpright($gd, $photo), 'imagecopyresampled', true)), $right);
save('gd-bicubic-crop', gdPixels(gdCrop256($gd)), $right);
save('gd-jpeg-75', gdPixels(gdReencoded(gdCopied($gd, 'imagecopyresampled', false), 75)), $right);

save('imagick-thumbnail', imagick($photo, fn (Imagick $image) => $image->thumbnailImage(SIDE, SIDE)), $only255);
save('imagick-crop-thumbnail', imagick($photo, fn (Imagick $image) => $image->cropThumbnailImage(SIDE, SIDE)), $right);
save('imagick-upright-lanczos', imagick($photo, function (Imagick $image): void {
    $image->autoOrient();
    $wide = $image->getImageWidth() > $image->getImageHeight();
    $image->resizeImage($wide ? 0 : 256, $wide ? 256 : 0, Imagick::FILTER_LANCZOS, 1);
    [$left, $top] = [intdiv($image->getImageWidth() - SIDE, 2), intdiv($image->getImageHeight() - SIDE, 2)];
    $image->cropImage(SIDE, SIDE, $left, $top);
    $image->setImagePage(0, 0, 0, 0);
}), $right);
save('imagick-adaptive', imagick($photo, fn (Imagick $image) => $image->adaptiveResizeImage(SIDE, SIDE)), $right);
save('imagick-gamma', imagick($photo, function (Imagick $image): void {
    $image->resizeImage(SIDE, SIDE, Imagick::FILTER_TRIANGLE, 1);
    $image->gammaImage(1.3);
}), $right);
