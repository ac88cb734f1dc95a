package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.backup.chunk.ChunkHasher;
import io.howdah.backup.manifest.ManifestLine;
import io.howdah.backup.manifest.ManifestPiece;
import io.howdah.backup.pack.ChunkReference;
import io.howdah.backup.pack.PackReader;
import io.howdah.backup.pack.ReadAhead;
import io.howdah.postgres.OperatingSystemUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes pieces of files. For one thread; to be closed.
final class PieceWriter implements AutoCloseable {

    private static final Set<OpenOption> OPEN =
            Set.of(
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS);

    private static final FileAttribute<?> OWNERS_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /// How much of a file is read at once.
    private static final int READ_BYTES = 1 << 20;

    /// Without them no server starts, or one begins at the wrong place.
    private static final Set<String> NEEDED = Set.of(ManifestLine.CONTROL_FILE, ManifestLine.LABEL);

    private final PackReader packs;
    private final Places places;
    private final OperatingSystemUser owner;
    private final boolean delta;
    private final @Nullable DamagedParts skipped;
    private final ChunkHasher hasher = new ChunkHasher();
    private final byte[] read = new byte[READ_BYTES];
    private final GatheredWrites writes = new GatheredWrites();

    /// @param packs which all writers of a restore share
    /// @param delta whether chunks that are right already stay as they are
    /// @param skipped takes what cannot be read, and becomes zeros; null: then it fails
    PieceWriter(
            ReadAhead packs,
            Places places,
            OperatingSystemUser owner,
            boolean delta,
            @Nullable DamagedParts skipped) {
        this.packs = new PackReader(packs);
        this.places = places;
        this.owner = owner;
        this.delta = delta;
        this.skipped = skipped;
    }

    /// Writes a piece.
    ///
    /// @return the piece, which is not durable yet
    /// @throws BackupException when a chunk is damaged, and is not to be skipped
    WrittenPiece write(ManifestPiece piece) {
        Path path = places.of(piece.file().path());
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path, OPEN, OWNERS_ONLY);
            WrittenPiece written = write(channel, path, piece);
            channel = null;
            return written;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + path, e);
        } finally {
            if (channel != null) {
                writes.forget();
                close(channel);
            }
        }
    }

    private WrittenPiece write(FileChannel channel, Path path, ManifestPiece piece)
            throws IOException {
        if (piece.offset() == 0) {
            owner.own(path);
            Files.setAttribute(path, "unix:mode", piece.file().mode(), LinkOption.NOFOLLOW_LINKS);
        }
        if (channel.size() > piece.file().size()) {
            channel.truncate(piece.file().size());
        }
        List<Integer> missing = missing(channel, piece);
        fetch(channel, piece, missing);
        writes.flush(channel);
        long kept = (long) piece.chunks().size() - missing.size();
        return new WrittenPiece(
                path,
                channel,
                piece.length(),
                Math.min(piece.length(), kept * piece.file().chunkBytes()));
    }

    private List<Integer> missing(FileChannel channel, ManifestPiece piece) throws IOException {
        var missing = new ArrayList<Integer>();
        int step = Math.max(1, READ_BYTES / piece.file().chunkBytes());
        for (int from = 0; from < piece.chunks().size(); from += step) {
            int to = Math.min(from + step, piece.chunks().size());
            int there = delta ? read(channel, piece, from, to) : 0;
            for (int index = from; index < to; index++) {
                int at = (int) (piece.offsetOf(index) - piece.offsetOf(from));
                int length = piece.lengthOf(index);
                if (at + length > there
                        || !hasher.hash(read, at, length)
                                .equals(piece.chunks().get(index).hash())) {
                    missing.add(index);
                }
            }
        }
        return missing;
    }

    /// Reads what the file has of some chunks.
    ///
    /// @return how many bytes that are
    private int read(FileChannel channel, ManifestPiece piece, int from, int to)
            throws IOException {
        long offset = piece.offsetOf(from);
        int length = (int) (piece.offsetOf(to - 1) - offset) + piece.lengthOf(to - 1);
        ByteBuffer bytes = ByteBuffer.wrap(read, 0, length);
        while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {}
        return bytes.position();
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
                        skip(channel, piece, missing.get(index), how);
                    }
                });
    }

    private void place(
            FileChannel channel, ManifestPiece piece, int index, byte[] bytes, int length) {
        if (length == piece.lengthOf(index)) {
            put(channel, piece, index, bytes);
        } else {
            skip(
                    channel,
                    piece,
                    index,
                    "it has " + length + " bytes instead of " + piece.lengthOf(index));
        }
    }

    private void skip(FileChannel channel, ManifestPiece piece, int index, String how) {
        String path = piece.file().path();
        if (skipped == null || NEEDED.contains(path)) {
            throw damage(piece, index, how);
        }
        long from = piece.offsetOf(index);
        skipped.add(new DamagedPart(path, from, from + piece.lengthOf(index), how));
        put(channel, piece, index, new byte[piece.lengthOf(index)]);
    }

    private void put(FileChannel channel, ManifestPiece piece, int index, byte[] bytes) {
        try {
            writes.add(channel, piece.offsetOf(index), bytes, piece.lengthOf(index));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + piece.file().path(), e);
        }
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // What went wrong before is told.
            return;
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
                "restore an earlier backup (--backup ID; `howdah backup list`); `howdah backup"
                        + " verify` tells what else is damaged"
                        + (NEEDED.contains(piece.file().path())
                                ? ", and no server starts without this file"
                                : ", and --skip-damaged rescues the rest"));
    }

    @Override
    public void close() {
        packs.close();
    }
}
