package io.howdah.node.backup;

import io.howdah.backup.repository.Lineage;
import io.howdah.backup.repository.Tenure;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.HistoryEntry;
import io.howdah.node.configuration.NodeConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who has led this node's cluster, as the agent knows from the agreed state, in a file for those
/// who write into repositories: by that they know their own. The file goes with the agreement, so
/// it lies in the node's directory, and a node that begins without one has no such file either.
/// [#changed] is for one thread.
public final class LeadersFile {

    private static final Logger LOG = LoggerFactory.getLogger(LeadersFile.class);

    private final Path file;
    private final String cluster;
    private Lineage written = new Lineage("", List.of());

    private LeadersFile(Path file, String cluster) {
        this.file = file;
        this.cluster = cluster;
    }

    /// Where it lies.
    ///
    /// @param node the node's directory
    public static Path path(Path node) {
        return node.resolve("leaders.json");
    }

    /// That of a node whose storage of the agreement is about to be opened.
    ///
    /// @param consensus the directory of that storage
    public static LeadersFile before(NodeConfiguration configuration, Path consensus) {
        Path file = path(configuration.directory());
        if (!Files.exists(consensus.resolve("identity"))) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "cannot delete " + file + ", which is of another cluster", e);
            }
        }
        return new LeadersFile(file, configuration.cluster());
    }

    /// The agreed state is this one now. A state without leaders says nothing: it may be one that
    /// is not read to its end yet.
    public void changed(ClusterState state) {
        Lineage lineage =
                new Lineage(cluster, state.history().stream().map(LeadersFile::tenure).toList());
        if (lineage.tenures().isEmpty() || lineage.equals(written)) {
            return;
        }
        try {
            lineage.write(file);
            written = lineage;
        } catch (IOException e) {
            LOG.warn("cannot write {}, so WAL may not be archived: {}", file, e.toString());
        }
    }

    private static Tenure tenure(HistoryEntry entry) {
        return new Tenure(
                entry.epoch().value(),
                entry.leader().value(),
                entry.timeline(),
                Instant.ofEpochMilli(entry.atMillis()));
    }
}
