package io.howdah.backup.take;

import io.howdah.backup.catalog.DamagedPages;
import io.howdah.backup.catalog.LeftOutLinks;
import io.howdah.backup.crew.Crew;
import io.howdah.backup.manifest.ManifestLine;
import io.howdah.backup.manifest.ManifestWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;

/// Reads all files, in parallel, and writes the manifest, in order: of so many pieces as are read
/// at once only what the manifest says of them is held in memory. Not thread-safe.
final class FileReading implements SourceTree.Visitor {

    /// Pieces that are read or wait for the one before them, and directories. Those of the largest
    /// files hold 4096 chunks each.
    private static final int MOST_UNDER_WAY = 32;

    /// Of damaged pages, and of links.
    private static final int MOST_NAMED = 100;

    private final ReadingPlan plan;
    private final Crew<PartReader> readers;
    private final ManifestWriter manifest;
    private final LongConsumer progress;

    /// What goes into the manifest, in its order; each waits for its piece.
    private final Deque<Runnable> underWay = new ArrayDeque<>();

    private final List<String> damaged = new ArrayList<>();
    private final List<String> links = new ArrayList<>();
    private long damagedCount;
    private long linkCount;
    private long read;
    private String missing = "";

    /// @param progress hears how many bytes were read so far
    FileReading(
            ReadingPlan plan,
            Crew<PartReader> readers,
            ManifestWriter manifest,
            LongConsumer progress) {
        this.plan = plan;
        this.readers = readers;
        this.manifest = manifest;
        this.progress = progress;
    }

    @Override
    public void directory(ManifestLine.Directory directory) {
        underWay.add(() -> manifest.directory(directory));
        drain(MOST_UNDER_WAY);
    }

    @Override
    public void file(ManifestLine.File file, Path path) {
        plan.cut(
                file,
                path,
                part -> {
                    Future<FilePart.Result> result = readers.submit(reader -> reader.read(part));
                    underWay.add(() -> write(part, Crew.await(result)));
                    drain(MOST_UNDER_WAY);
                });
    }

    @Override
    public void link(String name) {
        linkCount++;
        if (links.size() < MOST_NAMED) {
            links.add(name);
        }
    }

    /// The links that were come by.
    LeftOutLinks links() {
        return new LeftOutLinks(linkCount, links);
    }

    /// Returns when the last piece is read.
    ///
    /// @return what is damaged
    DamagedPages end() {
        drain(0);
        return new DamagedPages(damagedCount, damaged);
    }

    private void drain(int leave) {
        while (underWay.size() > leave) {
            underWay.remove().run();
            progress.accept(read);
        }
    }

    private void write(FilePart part, FilePart.Result result) {
        if (part.isFirst()) {
            if (result.missing()) {
                missing = part.file().path();
                return;
            }
            manifest.file(part.file());
        }
        if (missing.equals(part.file().path())) {
            return;
        }
        result.chunks().forEach(manifest::chunk);
        read += part.length();
        damagedCount += result.damaged().size();
        result.damaged().stream().limit(MOST_NAMED - damaged.size()).forEach(damaged::add);
    }
}
