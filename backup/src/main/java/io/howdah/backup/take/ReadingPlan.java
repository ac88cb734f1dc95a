package io.howdah.backup.take;

import io.howdah.backup.chunk.ChunkSize;
import io.howdah.backup.manifest.EarlierChunks;
import io.howdah.backup.manifest.ManifestLine;
import io.howdah.backup.pack.ChunkReference;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// Cuts files into pieces, and finds for each what stands there already: in the newest backup, or
/// behind it in what an interrupted one has stored. Not thread-safe.
final class ReadingPlan {

    private final List<EarlierChunks> earlier;
    private final boolean checksums;
    private final int segmentPages;

    /// @param earlier the manifests to look into; the first one that has the file counts
    /// @param checksums whether pages are to be judged
    /// @param segmentPages how many pages a relation's file has before the next one begins
    ReadingPlan(List<EarlierChunks> earlier, boolean checksums, int segmentPages) {
        this.earlier = List.copyOf(earlier);
        this.checksums = checksums;
        this.segmentPages = segmentPages;
    }

    /// Gives the pieces of a file to `action`; one, of nothing, for an empty file.
    void cut(ManifestLine.File file, Path path, Consumer<FilePart> action) {
        List<EarlierChunks> holders = earlier.stream().filter(each -> each.find(file)).toList();
        long firstBlock = firstBlock(file.path());
        long offset = 0;
        do {
            int length = (int) Math.min(FilePart.MOST_BYTES, file.size() - offset);
            int chunks = (int) ChunkSize.count(length, file.chunkBytes());
            List<ChunkReference> before =
                    holders.isEmpty() ? List.of() : holders.getFirst().next(chunks);
            action.accept(
                    new FilePart(
                            file,
                            path,
                            offset,
                            length,
                            before,
                            firstBlock < 0 ? -1 : firstBlock + offset / ChunkSize.PAGE_BYTES));
            offset += length;
        } while (offset < file.size());
    }

    private long firstBlock(String path) {
        int slash = path.lastIndexOf('/');
        if (!checksums || slash < 0 || !Exclusions.isRelationFolder(path.substring(0, slash))) {
            return -1;
        }
        Exclusions.Relation relation = Exclusions.relation(path.substring(slash + 1));
        return relation == null ? -1 : (long) relation.segment() * segmentPages;
    }
}
