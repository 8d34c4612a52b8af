// Services in Java, as people write them with ImageIO and Graphics2D.
// Usage: java InJava PHOTO OUTPUT_FOLDER

import java.awt.Graphics2D;
import java.awt.Image;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.awt.image.ConvolveOp;
import java.awt.image.DataBufferByte;
import java.awt.image.Kernel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

final class InJava {
    static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    static final float[] STD = {0.229f, 0.224f, 0.225f};
    static final Object NEAREST = RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR;
    static final Object BILINEAR = RenderingHints.VALUE_INTERPOLATION_BILINEAR;
    static final Object BICUBIC = RenderingHints.VALUE_INTERPOLATION_BICUBIC;

    interface Change {
        float of(int level, int channel);
    }

    static Path folder;

    public static void main(String[] arguments) throws IOException {
        File photo = new File(arguments[0]);
        folder = Path.of(arguments[1]);
        BufferedImage image = ImageIO.read(photo);

        // The first that comes to mind: Graphics2D without a hint.
        save("graphics2d-squash", drawn(image, 224, 224, null), InJava::only255);
        save("graphics2d-bilinear-crop", crop(shorter(image, 256, BILINEAR), 224), InJava::right);
        save("graphics2d-bicubic-squash", drawn(image, 224, 224, BICUBIC), InJava::half);
        saveLast("raster-bytes-bgr", rasterBytes(drawn(image, 224, 224, BILINEAR)));
        saveSigned("signed-bytes", drawn(image, 224, 224, BILINEAR));

        // The ways that answers on the web lead to.
        save("scaled-instance-smooth", smooth(image, 224, 224), InJava::only255);
        save("progressive-halving", crop(halved(image, 256), 224), InJava::right);
        save("upright-area-crop", uprightAreaCrop(image, orientation(photo)), InJava::right);
        save("subsampled-on-load", drawn(subsampled(photo, 448), 224, 224, BILINEAR), InJava::only255);
        save("cover-square-first", drawn(crop(image, Math.min(image.getWidth(), image.getHeight())), 224, 224, BICUBIC), InJava::right);

        // And what is less usual.
        save("jpeg-between", reencoded(drawn(image, 224, 224, BILINEAR)), InJava::right);
        save("convolve-sharpened", sharpened(crop(shorter(image, 256, BILINEAR), 224)), InJava::right);
    }

    static BufferedImage drawn(Image image, int width, int height, Object interpolation) {
        BufferedImage out = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        Graphics2D graphics = out.createGraphics();
        if (interpolation != null) {
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, interpolation);
        }
        graphics.drawImage(image, 0, 0, width, height, null);
        graphics.dispose();
        return out;
    }

    static BufferedImage shorter(BufferedImage image, int size, Object interpolation) {
        double scale = (double) size / Math.min(image.getWidth(), image.getHeight());
        return drawn(image, (int) (image.getWidth() * scale), (int) (image.getHeight() * scale), interpolation);
    }

    static BufferedImage crop(BufferedImage image, int size) {
        return image.getSubimage((image.getWidth() - size) / 2, (image.getHeight() - size) / 2, size, size);
    }

    static BufferedImage smooth(BufferedImage image, int width, int height) {
        return drawn(image.getScaledInstance(width, height, Image.SCALE_SMOOTH), width, height, null);
    }

    static BufferedImage halved(BufferedImage image, int shorterSide) {
        while (Math.min(image.getWidth(), image.getHeight()) >= 2 * shorterSide) {
            image = drawn(image, image.getWidth() / 2, image.getHeight() / 2, BILINEAR);
        }
        return shorter(image, shorterSide, BILINEAR);
    }

    static BufferedImage uprightAreaCrop(BufferedImage image, int orientation) {
        int turns = orientation == 6 ? 1 : orientation == 3 ? 2 : orientation == 8 ? 3 : 0;
        double scale = 256.0 / Math.min(image.getWidth(), image.getHeight());
        BufferedImage small = smooth(image, (int) (image.getWidth() * scale), (int) (image.getHeight() * scale));
        int width = turns % 2 == 0 ? small.getWidth() : small.getHeight();
        int height = turns % 2 == 0 ? small.getHeight() : small.getWidth();
        AffineTransform turn = AffineTransform.getTranslateInstance(width / 2.0, height / 2.0);
        turn.quadrantRotate(turns);
        turn.translate(-small.getWidth() / 2.0, -small.getHeight() / 2.0);
        BufferedImage upright = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        Graphics2D graphics = upright.createGraphics();
        graphics.drawImage(small, turn, null);
        graphics.dispose();
        return crop(upright, 224);
    }

    // The orientation out of a JPEG's EXIF block, little-endian as the cameras of this service write it; 1 if there is none.
    static int orientation(File photo) throws IOException {
        byte[] bytes = Files.readAllBytes(photo.toPath());
        String start = new String(bytes, 0, Math.min(bytes.length, 4096), StandardCharsets.ISO_8859_1);
        int found = start.indexOf("Exif\0\0");
        if (found < 0) {
            return 1;
        }
        ByteBuffer tiff = ByteBuffer.wrap(bytes, found + 6, 200).slice();
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = tiff.getInt(4);
        for (int entry = 0; entry < tiff.getShort(directory); entry++) {
            int at = directory + 2 + 12 * entry;
            if (tiff.getShort(at) == 0x0112) {
                return tiff.getShort(at + 8);
            }
        }
        return 1;
    }

    static BufferedImage subsampled(File photo, int target) throws IOException {
        try (ImageInputStream input = ImageIO.createImageInputStream(photo)) {
            ImageReader reader = ImageIO.getImageReaders(input).next();
            reader.setInput(input);
            ImageReadParam parameters = reader.getDefaultReadParam();
            int step = Math.max(1, Math.min(reader.getWidth(0), reader.getHeight(0)) / target);
            parameters.setSourceSubsampling(step, step, 0, 0);
            return reader.read(0, parameters);
        }
    }

    static BufferedImage reencoded(BufferedImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "jpg", bytes);
        return ImageIO.read(new ByteArrayInputStream(bytes.toByteArray()));
    }

    static BufferedImage sharpened(BufferedImage image) {
        float[] weights = {0, -0.25f, 0, -0.25f, 2, -0.25f, 0, -0.25f, 0};
        return new ConvolveOp(new Kernel(3, 3, weights), ConvolveOp.EDGE_NO_OP, null).filter(image, null);
    }

    // Numbers for each level, and the bytes of a .npy file.

    static float only255(int level, int channel) {
        return level / 255f;
    }

    static float right(int level, int channel) {
        return (level / 255f - MEAN[channel]) / STD[channel];
    }

    static float half(int level, int channel) {
        return level / 127.5f - 1;
    }

    static float[] rasterBytes(BufferedImage image) {
        byte[] bytes = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
        float[] values = new float[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            values[i] = (bytes[i] & 0xff) / 255f;
        }
        return values;
    }

    // Forgets that Java's bytes are signed: 200 becomes -56.
    static void saveSigned(String id, BufferedImage image) throws IOException {
        save(id, image, (level, channel) -> (byte) level / 255f);
    }

    static void save(String id, BufferedImage image, Change change) throws IOException {
        float[] values = new float[3 * 224 * 224];
        for (int i = 0; i < 224 * 224; i++) {
            int pixel = image.getRGB(i % 224, i / 224);
            for (int channel = 0; channel < 3; channel++) {
                values[channel * 224 * 224 + i] = change.of(pixel >> (16 - 8 * channel) & 0xff, channel);
            }
        }
        write(id, values, "3, 224, 224");
    }

    static void saveLast(String id, float[] values) throws IOException {
        write(id, values, "224, 224, 3");
    }

    static void write(String id, float[] values, String shape) throws IOException {
        String header = String.format("%-117s\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }");
        ByteBuffer bytes = ByteBuffer.allocate(10 + header.length() + 4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) header.length());
        bytes.put(header.getBytes(StandardCharsets.US_ASCII));
        bytes.asFloatBuffer().put(values);
        Files.write(folder.resolve("java-" + id + ".npy"), bytes.array());
    }
}
