package io.howdah.backup.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// What is put into a store. It can be read more than once, as a store may have to try again.
/// Thread-safe.
public sealed interface Content {

    /// How many bytes there are.
    ///
    /// @throws IOException when that cannot be found out
    long size() throws IOException;

    /// Reads them from the start; to be closed.
    ///
    /// @throws IOException when they cannot be read
    InputStream open() throws IOException;

    /// These bytes; nobody may change them afterwards.
    static Content of(byte[] bytes) {
        return new Bytes(bytes, bytes.length);
    }

    /// The first bytes of an array; nobody may change them until they are put.
    ///
    /// @param length 0 to the array's length
    static Content of(byte[] bytes, int length) {
        return new Bytes(bytes, length);
    }

    /// What is in a file, which does not change until it is put.
    static Content of(Path file) {
        return new File(file);
    }

    /// What is made anew whenever it is read.
    ///
    /// @param size how many bytes that gives
    /// @param opener gives the same bytes each time
    static Content of(long size, Opener opener) {
        return new Made(size, opener);
    }

    /// Reads from the start.
    @FunctionalInterface
    interface Opener {
        /// To be closed.
        ///
        /// @throws IOException when it cannot be read
        InputStream open() throws IOException;
    }

    /// What is made when it is read.
    record Made(long size, Opener opener) implements Content {
        @Override
        public InputStream open() throws IOException {
            return opener.open();
        }
    }

    /// Bytes in memory.
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Bytes(byte[] bytes, int length) implements Content {
        @Override
        public long size() {
            return length;
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(bytes, 0, length);
        }
    }

    /// A file.
    record File(Path path) implements Content {
        @Override
        public long size() throws IOException {
            return Files.size(path);
        }

        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(path);
        }
    }
}
