package io.howdah.backup.manifest;

import io.howdah.backup.BackupException;
import io.howdah.backup.pack.ChunkReference;
import io.howdah.backup.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What an earlier manifest says of the chunks of a file, asked file by file in the order of the
/// manifest, piece by piece. Where it is damaged it ends. Not thread-safe; to be closed.
public final class EarlierChunks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EarlierChunks.class);

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
        try {
            Optional<ManifestLine> line = reader.next();
            ahead = line.orElse(null);
        } catch (StoreUnavailableException e) {
            throw e;
        } catch (BackupException e) {
            LOG.warn("an earlier manifest is of no use from here on: {}", e.fact());
            ahead = null;
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
