package io.howdah.postgres.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Builds tar archives for tests, good ones and bad ones.
final class TarArchive {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    TarArchive file(String name, byte[] content) {
        entry('0', name, "", "", octal(content.length));
        bytes.writeBytes(content);
        bytes.writeBytes(new byte[-content.length & 511]);
        return this;
    }

    TarArchive directory(String name) {
        return entry('5', name, "", "", octal(0));
    }

    TarArchive link(String name, String target) {
        return entry('2', name, target, "", octal(0));
    }

    /// A header of any kind, with the twelve bytes of its size as given.
    TarArchive entry(char type, String name, String linkTarget, String prefix, byte[] size) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000600");
        System.arraycopy(size, 0, header, 124, 12);
        header[156] = (byte) type;
        put(header, 157, linkTarget);
        put(header, 257, "ustar");
        put(header, 263, "00");
        put(header, 345, prefix);
        int sum = 8 * ' ';
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, String.format(Locale.ROOT, "%06o", sum));
        bytes.writeBytes(header);
        return this;
    }

    static byte[] octal(long size) {
        byte[] field = new byte[12];
        put(field, 0, String.format(Locale.ROOT, "%011o", size));
        return field;
    }

    static byte[] binary(long size) {
        byte[] field = new byte[12];
        field[0] = (byte) 0x80;
        for (int i = 0; i < 8; i++) {
            field[11 - i] = (byte) (size >>> (8 * i));
        }
        return field;
    }

    byte[] unfinished() {
        return bytes.toByteArray();
    }

    byte[] finished() {
        bytes.writeBytes(new byte[1024]);
        return bytes.toByteArray();
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] value = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(value, 0, header, offset, value.length);
    }
}
