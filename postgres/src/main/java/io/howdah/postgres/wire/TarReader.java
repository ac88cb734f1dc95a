package io.howdah.postgres.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Takes a tar archive apart while it arrives, in pieces of any size. It reads what PostgreSQL
/// writes: the ustar format with regular files, directories and symbolic links, a prefix before the
/// name, and sizes of 8 GiB and more in binary (PostgreSQL, src/port/tar.c). All else is refused.
/// For one thread.
final class TarReader {

    /// Where the parts of an archive go. Names are as the archive has them, without the slash at
    /// the end of a directory's or a link's; nothing has been checked about them.
    interface Sink {
        void directory(String name);

        void symbolicLink(String name, String linkTarget);

        void beginFile(String name, long sizeBytes);

        void content(ByteBuffer piece);

        void endFile();
    }

    private static final int BLOCK_BYTES = 512;

    private final String archiveName;
    private final Sink sink;
    private final byte[] header = new byte[BLOCK_BYTES];
    private int headerBytes;
    private long contentLeft;
    private int paddingLeft;
    private boolean inFile;
    private int zeroBlocks;

    TarReader(String archiveName, Sink sink) {
        this.archiveName = archiveName;
        this.sink = sink;
    }

    /// Takes the next bytes of the archive, all of them.
    ///
    /// @throws BaseBackupException when they are not a tar archive as PostgreSQL writes it
    void accept(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            if (inFile) {
                acceptContent(bytes);
            } else if (paddingLeft > 0) {
                int skipped = Math.min(paddingLeft, bytes.remaining());
                bytes.position(bytes.position() + skipped);
                paddingLeft -= skipped;
            } else {
                acceptHeader(bytes);
            }
        }
    }

    /// No more bytes come.
    ///
    /// @throws BaseBackupException when the archive did not end properly
    void finish() {
        if (zeroBlocks < 2 || headerBytes > 0) {
            throw new BaseBackupException(
                    "the archive " + archiveName + " ends in the middle: the copy is incomplete");
        }
    }

    private void acceptContent(ByteBuffer bytes) {
        int taken = (int) Math.min(contentLeft, bytes.remaining());
        int after = bytes.position() + taken;
        sink.content(bytes.slice(bytes.position(), taken));
        bytes.position(after);
        contentLeft -= taken;
        if (contentLeft == 0) {
            inFile = false;
            sink.endFile();
        }
    }

    private void acceptHeader(ByteBuffer bytes) {
        int taken = Math.min(BLOCK_BYTES - headerBytes, bytes.remaining());
        bytes.get(header, headerBytes, taken);
        headerBytes += taken;
        if (headerBytes == BLOCK_BYTES) {
            headerBytes = 0;
            if (isZero()) {
                zeroBlocks++;
            } else if (zeroBlocks > 0) {
                throw damaged("something follows its end");
            } else {
                readEntry();
            }
        }
    }

    private void readEntry() {
        checkHeader();
        String name = name();
        long sizeBytes = number(124, 12);
        char type = (char) (header[156] & 0xff);
        switch (type) {
            case '0', '\0' -> {
                sink.beginFile(name, sizeBytes);
                contentLeft = sizeBytes;
                paddingLeft = (int) (-sizeBytes & (BLOCK_BYTES - 1));
                inFile = sizeBytes > 0;
                if (!inFile) {
                    sink.endFile();
                }
            }
            // PostgreSQL ends the names of links, too, with a slash.
            case '5' -> sink.directory(withoutSlash(name));
            case '2' -> sink.symbolicLink(withoutSlash(name), text(157, 100));
            default -> throw damaged("'" + name + "' is of type " + MessageReader.describe(type));
        }
    }

    private static String withoutSlash(String name) {
        return name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    }

    private String name() {
        String name = text(0, 100);
        String prefix = text(345, 155);
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    /// The sum over the header's bytes, with its own field as blanks.
    private void checkHeader() {
        int sum = 0;
        for (int i = 0; i < BLOCK_BYTES; i++) {
            sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
        }
        if (sum != number(148, 8)) {
            throw damaged("the checksum of a header is wrong");
        }
        if (!text(257, 5).equals("ustar")) {
            throw damaged("it is not in the ustar format");
        }
    }

    private String text(int offset, int longest) {
        int length = 0;
        while (length < longest && header[offset + length] != 0) {
            length++;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(header, offset, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BaseBackupException(
                    "the archive "
                            + archiveName
                            + " holds a file whose name is not UTF-8: '"
                            + new String(header, offset, length, StandardCharsets.ISO_8859_1)
                            + "'\nHINT: such a file is none of PostgreSQL's; move it out of the data"
                            + " directory",
                    e);
        }
    }

    /// Octal digits, or with the highest bit set a binary number.
    private long number(int offset, int length) {
        if ((header[offset] & 0x80) != 0) {
            return binaryNumber(offset, length);
        }
        long value = 0;
        boolean digits = false;
        for (int i = offset; i < offset + length; i++) {
            byte digit = header[i];
            if (digit == 0 || (digit == ' ' && digits)) {
                break;
            }
            if (digit == ' ') {
                continue;
            }
            if (digit < '0' || digit > '7') {
                throw damaged("a header holds a number that is not octal");
            }
            digits = true;
            value = value << 3 | (digit - '0');
        }
        return value;
    }

    private long binaryNumber(int offset, int length) {
        long value = header[offset] & 0x7f;
        for (int i = offset + 1; i < offset + length; i++) {
            if (value >>> 55 != 0) {
                throw damaged("a header holds an impossible number");
            }
            value = value << 8 | (header[i] & 0xff);
        }
        return value;
    }

    private boolean isZero() {
        for (byte b : header) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private BaseBackupException damaged(String what) {
        return new BaseBackupException("the archive " + archiveName + " is damaged: " + what);
    }
}
