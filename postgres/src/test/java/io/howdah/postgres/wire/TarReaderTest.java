package io.howdah.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TarReaderTest {

    /// Remembers what an archive holds.
    private static final class Memory implements TarReader.Sink {

        private final List<String> parts = new ArrayList<>();
        private long contentBytes;

        @Override
        public void directory(String name) {
            parts.add("directory " + name);
        }

        @Override
        public void symbolicLink(String name, String linkTarget) {
            parts.add("link " + name + " to " + linkTarget);
        }

        @Override
        public void beginFile(String name, long sizeBytes) {
            parts.add("file " + name + " of " + sizeBytes);
            contentBytes = 0;
        }

        @Override
        public void content(ByteBuffer piece) {
            contentBytes += piece.remaining();
        }

        @Override
        public void endFile() {
            parts.add("end after " + contentBytes);
        }
    }

    private final Memory memory = new Memory();

    @Test
    void archiveComesApartInPiecesOfAnySize() {
        byte[] archive =
                new TarArchive()
                        .directory("base/")
                        .file("base/1", new byte[1000])
                        .file("base/empty", new byte[0])
                        .file("base/block", new byte[512])
                        .link("pg_tblspc/16384/", "/somewhere")
                        .entry('0', "name", "", "a/prefix", TarArchive.octal(0))
                        .finished();
        for (int pieceBytes : List.of(1, 7, 511, 512, 513, 10_000)) {
            Memory pieced = new Memory();
            TarReader reader = new TarReader("base.tar", pieced);
            for (int start = 0; start < archive.length; start += pieceBytes) {
                reader.accept(
                        ByteBuffer.wrap(
                                archive, start, Math.min(pieceBytes, archive.length - start)));
            }
            reader.finish();
            assertThat(pieced.parts)
                    .containsExactly(
                            "directory base",
                            "file base/1 of 1000",
                            "end after 1000",
                            "file base/empty of 0",
                            "end after 0",
                            "file base/block of 512",
                            "end after 512",
                            "link pg_tblspc/16384 to /somewhere",
                            "file a/prefix/name of 0",
                            "end after 0");
        }
    }

    @Test
    void sizesBeyondOctalAreRead() {
        long large = 9L << 30;
        TarReader reader = new TarReader("base.tar", memory);
        reader.accept(
                ByteBuffer.wrap(
                        new TarArchive()
                                .entry('0', "big", "", "", TarArchive.binary(large))
                                .unfinished()));
        assertThat(memory.parts).containsExactly("file big of " + large);
    }

    @Test
    void impossibleSizesAreRefused() {
        for (byte first : new byte[] {(byte) 0xff, (byte) 0x81}) {
            byte[] size = TarArchive.binary(Long.MIN_VALUE);
            size[0] = first;
            assertRefused(
                    new TarArchive().entry('0', "x", "", "", size).finished(), "impossible number");
        }
        assertRefused(
                new TarArchive()
                        .entry('0', "x", "", "", TarArchive.binary(Long.MIN_VALUE))
                        .finished(),
                "impossible number");
    }

    @Test
    void whatPostgresqlDoesNotWriteIsRefused() {
        for (char type : new char[] {'1', '3', '4', '6', 'x', 'g', 'L', 'K'}) {
            assertRefused(
                    new TarArchive().entry(type, "x", "", "", TarArchive.octal(0)).finished(),
                    "'x' is of type '" + type + "'");
        }
        byte[] wrongSum = new TarArchive().file("x", new byte[0]).finished();
        wrongSum[0] = 'y';
        assertRefused(wrongSum, "checksum of a header");
    }

    @Test
    void archiveThatEndsEarlyIsIncomplete() {
        byte[] archive = new TarArchive().file("x", new byte[700]).finished();
        for (int length = 0; length < archive.length; length += 100) {
            TarReader reader = new TarReader("base.tar", new Memory());
            reader.accept(ByteBuffer.wrap(archive, 0, length));
            assertThatThrownBy(reader::finish)
                    .isInstanceOf(BaseBackupException.class)
                    .hasMessageContaining("base.tar ends in the middle");
        }
    }

    @Test
    void damagedArchivesEndInOneClearException() {
        byte[] archive =
                new TarArchive()
                        .directory("base/")
                        .file("base/1", new byte[700])
                        .link("l", "t")
                        .finished();
        for (int seed = 0; seed < 5000; seed++) {
            Random random = new Random(seed);
            byte[] damaged = archive.clone();
            for (int i = 0; i < 1 + random.nextInt(4); i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                TarReader reader = new TarReader("base.tar", new Memory());
                reader.accept(ByteBuffer.wrap(damaged));
                reader.finish();
            } catch (BaseBackupException e) {
                assertThat(e).as("seed %d", seed).hasMessageContaining("base.tar");
            }
        }
    }

    private void assertRefused(byte[] archive, String reason) {
        TarReader reader = new TarReader("base.tar", memory);
        assertThatThrownBy(() -> reader.accept(ByteBuffer.wrap(archive)))
                .isInstanceOf(BaseBackupException.class)
                .hasMessageContaining("the archive base.tar is damaged")
                .hasMessageContaining(reason);
    }
}
