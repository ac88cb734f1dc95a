package io.howdah.backup.manifest;

import io.howdah.backup.pack.ChunkReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What an earlier manifest says of the chunks of a file, asked file by file in the order of the
/// manifest, piece by piece. Not thread-safe; to be closed.
public final class EarlierChunks implements AutoCloseable {

    private final ManifestReader reader;
    private @Nullable ManifestLine ahead;

    /// @param reader the manifest; closed with this
    public EarlierChunks(ManifestReader reader) {
        this.reader = reader;
        advance();
    }

    /// Goes on to a file.
    ///
    /// @return whether it stands there, cut as `file` is
    public boolean find(ManifestLine.File file) {
        String wanted = PathText.encode(file.path());
        while (ahead != null) {
            if (ahead instanceof ManifestLine.File there) {
                int order = PathText.encode(there.path()).compareTo(wanted);
                if (order > 0 || isLate(there)) {
                    return false;
                }
                if (order == 0) {
                    advance();
                    return there.chunkBytes() == file.chunkBytes();
                }
            }
            advance();
        }
        return false;
    }

    /// The files behind all others stand out of order; they are new in every backup.
    private static boolean isLate(ManifestLine.File file) {
        return file.path().equals(ManifestLine.LABEL);
    }

    /// The next chunks of the file that was found.
    public List<ChunkReference> next(int most) {
        var chunks = new ArrayList<ChunkReference>();
        while (chunks.size() < most && ahead instanceof ManifestLine.Chunk chunk) {
            chunks.add(chunk.reference());
            advance();
        }
        return chunks;
    }

    private void advance() {
        Optional<ManifestLine> line = reader.next();
        ahead = line.orElse(null);
    }

    @Override
    public void close() {
        reader.close();
    }
}
