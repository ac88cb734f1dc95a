package io.howdah.backup.take;

import io.howdah.backup.catalog.DamagedPages;
import io.howdah.backup.chunk.ChunkSize;
import io.howdah.backup.chunk.PageJudge;
import io.howdah.backup.manifest.ManifestLine;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.Lsn;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Looks at the checksum of every page of a server that is stopped: none of them is left to replay,
/// so each is judged. For one call of [#run].
public final class PageSweep {

    private static final int MOST_NAMED = 100;
    private static final Lsn BEYOND_ALL = new Lsn(-1);

    private final DataDirectory data;
    private final int segmentPages;
    private final PageJudge judge = new PageJudge(BEYOND_ALL);
    private final byte[] page = new byte[ChunkSize.PAGE_BYTES];
    private final List<String> damaged = new ArrayList<>();
    private long damagedCount;

    /// @param data of a server whose pages carry checksums, and that is stopped
    public PageSweep(DataDirectory data) {
        this.data = data;
        this.segmentPages = data.controlData().segmentPages();
    }

    /// Looks at all of them.
    ///
    /// @return the pages whose checksums are wrong
    public DamagedPages run() {
        var tree = new SourceTree(data.path(), data.majorVersion());
        tree.walk(
                tree.tablespaces(),
                new SourceTree.Visitor() {
                    @Override
                    public void directory(ManifestLine.Directory directory) {}

                    @Override
                    public void file(ManifestLine.File file, Path path) {
                        look(file.path(), path);
                    }
                });
        return new DamagedPages(damagedCount, damaged);
    }

    private void look(String name, Path path) {
        int slash = name.lastIndexOf('/');
        if (slash < 0 || !Exclusions.isRelationFolder(name.substring(0, slash))) {
            return;
        }
        Exclusions.Relation relation = Exclusions.relation(name.substring(slash + 1));
        if (relation == null) {
            return;
        }
        long block = (long) relation.segment() * segmentPages;
        try (InputStream in = Files.newInputStream(path)) {
            while (in.readNBytes(page, 0, page.length) == page.length) {
                if (judge.judge(page, 0, block) == PageJudge.Verdict.BAD) {
                    add(name + " block " + block);
                }
                block++;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }

    private void add(String place) {
        damagedCount++;
        if (damaged.size() < MOST_NAMED) {
            damaged.add(place);
        }
    }
}
