package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.backup.chunk.ChunkHasher;
import io.howdah.backup.chunk.ChunkSize;
import io.howdah.backup.manifest.ManifestPiece;
import io.howdah.backup.pack.ChunkReference;
import io.howdah.backup.pack.PackReader;
import io.howdah.backup.store.ObjectStore;
import io.howdah.postgres.OperatingSystemUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Writes pieces of files, durably. For one thread; to be closed.
final class PieceWriter implements AutoCloseable {

    private static final Set<StandardOpenOption> OPEN =
            EnumSet.of(
                    StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

    /// What came of it.
    ///
    /// @param bytes how many bytes the piece has
    /// @param kept how many of them were right already
    record Result(long bytes, long kept) {}

    private final PackReader packs;
    private final Places places;
    private final OperatingSystemUser owner;
    private final boolean delta;
    private final ChunkHasher hasher = new ChunkHasher();
    private final byte[] there = new byte[ChunkSize.MOST_BYTES];

    /// @param delta whether chunks that are right already stay as they are
    PieceWriter(ObjectStore store, Places places, OperatingSystemUser owner, boolean delta) {
        this.packs = new PackReader(store);
        this.places = places;
        this.owner = owner;
        this.delta = delta;
    }

    /// Writes a piece.
    ///
    /// @throws BackupException when a chunk is damaged
    Result write(ManifestPiece piece) {
        Path path = places.of(piece.file().path());
        try (FileChannel channel =
                FileChannel.open(
                        path,
                        OPEN,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            if (piece.offset() == 0) {
                owner.own(path);
                Files.setAttribute(path, "unix:mode", piece.file().mode());
            }
            if (channel.size() > piece.file().size()) {
                channel.truncate(piece.file().size());
            }
            List<Integer> missing = missing(channel, piece);
            fetch(channel, piece, missing);
            channel.force(true);
            long kept = (long) piece.chunks().size() - missing.size();
            return new Result(
                    piece.length(), Math.min(piece.length(), kept * piece.file().chunkBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + path, e);
        }
    }

    private List<Integer> missing(FileChannel channel, ManifestPiece piece) throws IOException {
        var missing = new ArrayList<Integer>();
        for (int index = 0; index < piece.chunks().size(); index++) {
            if (!delta || !isThere(channel, piece, index)) {
                missing.add(index);
            }
        }
        return missing;
    }

    private boolean isThere(FileChannel channel, ManifestPiece piece, int index)
            throws IOException {
        long offset = piece.offsetOf(index);
        int length = piece.lengthOf(index);
        ByteBuffer bytes = ByteBuffer.wrap(there, 0, length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, offset + bytes.position()) < 0) {
                return false;
            }
        }
        return hasher.hash(there, 0, length).equals(piece.chunks().get(index).hash());
    }

    private void fetch(FileChannel channel, ManifestPiece piece, List<Integer> missing) {
        List<ChunkReference> chunks = missing.stream().map(piece.chunks()::get).toList();
        packs.read(
                chunks,
                new PackReader.Receiver() {
                    @Override
                    public void whole(int index, byte[] bytes, int length) {
                        place(channel, piece, missing.get(index), bytes, length);
                    }

                    @Override
                    public void damaged(int index, String how) {
                        throw damage(piece, missing.get(index), how);
                    }
                });
    }

    private static void place(
            FileChannel channel, ManifestPiece piece, int index, byte[] bytes, int length) {
        long offset = piece.offsetOf(index);
        if (length != piece.lengthOf(index)) {
            throw damage(
                    piece,
                    index,
                    "it has " + length + " bytes instead of " + piece.lengthOf(index));
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer, offset + buffer.position());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + piece.file().path(), e);
        }
    }

    private static BackupException damage(ManifestPiece piece, int index, String how) {
        return new BackupException(
                "the chunk of "
                        + piece.file().path()
                        + " at byte "
                        + piece.offsetOf(index)
                        + " is damaged in the repository: "
                        + how,
                "restore an earlier backup (--backup ID; `howdah backup list`), and run `howdah"
                        + " backup verify` to see what else is damaged");
    }

    @Override
    public void close() {
        packs.close();
    }
}
