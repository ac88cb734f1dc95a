package io.howdah.postgres.embedded;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Unpacks a tar archive of files, directories and symbolic links into a directory.
final class TarReader {

    private static final int BLOCK_BYTES = 512;
    private static final int LONGEST_NAME_BYTES = 4096;

    private final InputStream archive;
    private final Path target;
    private final byte[] block = new byte[BLOCK_BYTES];

    /// @param archive the archive, not compressed
    /// @param target where its files go; it exists
    TarReader(InputStream archive, Path target) {
        this.archive = archive;
        this.target = target;
    }

    /// Unpacks it. Files and directories are readable by everybody.
    ///
    /// @throws IOException when the archive is damaged or names a file outside, or the disk refuses
    void unpack() throws IOException {
        String longName = "";
        while (readBlock()) {
            if (block[0] == 0) {
                return;
            }
            String name = longName.isEmpty() ? name() : longName;
            long size = octal(124, 12);
            longName = "";
            switch (block[156]) {
                case '0', 0 -> writeFile(inside(name), size, (octal(100, 8) & 0111) != 0);
                case '5' -> Files.createDirectories(inside(name));
                case '2' -> link(inside(name), text(157, 100));
                case 'L' -> longName = readLongName(size);
                case 'x', 'g' -> skip(size);
                default ->
                        throw new IOException(
                                "the archive has an entry of an unknown kind: " + name);
            }
        }
    }

    private void writeFile(Path file, long size, boolean executable) throws IOException {
        createParent(file);
        byte[] buffer = new byte[64 * 1024];
        try (OutputStream out = Files.newOutputStream(file)) {
            long left = size;
            while (left > 0) {
                int length = archive.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (length < 0) {
                    throw new EOFException("the archive ends in the middle of " + file);
                }
                out.write(buffer, 0, length);
                left -= length;
            }
        }
        Files.setPosixFilePermissions(
                file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        skipPadding(size);
    }

    private void link(Path link, String to) throws IOException {
        createParent(link);
        if (to.startsWith("/") || to.contains("..")) {
            throw new IOException("the archive has a link to the outside: " + to);
        }
        Files.createSymbolicLink(link, Path.of(to));
    }

    private static void createParent(Path file) throws IOException {
        Path parent = file.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
    }

    private Path inside(String name) throws IOException {
        Path path = target.resolve(name).normalize();
        if (!path.startsWith(target)) {
            throw new IOException("the archive names a file outside: " + name);
        }
        return path;
    }

    private String readLongName(long size) throws IOException {
        if (size > LONGEST_NAME_BYTES) {
            throw new IOException("the archive has a name of " + size + " bytes");
        }
        String name = new String(archive.readNBytes((int) size), StandardCharsets.UTF_8);
        skipPadding(size);
        return name.replace("\0", "");
    }

    private void skip(long size) throws IOException {
        archive.skipNBytes(size);
        skipPadding(size);
    }

    private void skipPadding(long size) throws IOException {
        archive.skipNBytes((BLOCK_BYTES - size % BLOCK_BYTES) % BLOCK_BYTES);
    }

    private boolean readBlock() throws IOException {
        int length = archive.readNBytes(block, 0, BLOCK_BYTES);
        if (length > 0 && length < BLOCK_BYTES) {
            throw new EOFException("the archive ends in the middle of a block");
        }
        return length == BLOCK_BYTES;
    }

    private String name() {
        String prefix = text(257, 5).equals("ustar") ? text(345, 155) : "";
        return prefix.isEmpty() ? text(0, 100) : prefix + "/" + text(0, 100);
    }

    private String text(int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return new String(block, offset, end - offset, StandardCharsets.UTF_8);
    }

    private long octal(int offset, int length) throws IOException {
        String digits = text(offset, length).strip();
        try {
            return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
        } catch (NumberFormatException e) {
            throw new IOException("the archive has a damaged number: " + digits, e);
        }
    }
}
