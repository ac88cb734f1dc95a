package io.howdah.backup.restore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// A piece of a file that is written. It is durable when [#sync] has returned, which is to be
/// called once: the file stays open until then, as an error that the disk reports later is told to
/// whoever had it open.
///
/// @param path the file
/// @param channel that it was written through
/// @param bytes how many bytes the piece has
/// @param kept how many of them were right already
record WrittenPiece(Path path, FileChannel channel, long bytes, long kept) {

    /// Makes it durable, and closes the file.
    WrittenPiece sync() {
        try (channel) {
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + path, e);
        }
        return this;
    }
}
