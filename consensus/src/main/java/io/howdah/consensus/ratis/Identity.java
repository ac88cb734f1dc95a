package io.howdah.consensus.ratis;

import io.howdah.consensus.Peer;
import io.howdah.consensus.StoreException;
import io.howdah.consensus.StoreSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Who this storage is: drawn with the storage, kept in it, gone with it. Immutable.
///
/// @param cluster the cluster's name
/// @param peerId the Raft peer id; never used with any other storage
/// @param stage how far the storage has come
/// @param group the group it was started with; empty if it joined one
record Identity(String cluster, String peerId, Stage stage, List<Peer> group) {

    static final String FILE = "identity";

    /// How far a storage has come.
    enum Stage {
        /// In no group, and never was: it has voted for nobody.
        NEW,
        /// About to start its log, or waiting to be taken in.
        FORMING,
        /// A member: without its log it may never be used again.
        FORMED
    }

    Identity {
        group = List.copyOf(group);
    }

    Identity at(Stage newStage, List<Peer> newGroup) {
        return new Identity(cluster, peerId, newStage, newGroup);
    }

    /// The identity in a directory; drawn and stored there if there is none.
    ///
    /// @throws StoreException if it cannot be read, or belongs to another node or cluster
    static Identity of(StoreSettings settings) {
        Path file = settings.directory().resolve(FILE);
        try {
            if (Files.exists(file)) {
                return checked(read(file), settings);
            }
            byte[] random = new byte[6];
            new SecureRandom().nextBytes(random);
            String peerId = settings.nodeName() + "-" + HexFormat.of().formatHex(random);
            Identity drawn = new Identity(settings.cluster(), peerId, Stage.NEW, List.of());
            drawn.write(settings.directory());
            return drawn;
        } catch (IOException | IllegalArgumentException e) {
            throw Damage.of(settings.directory(), "cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static Identity checked(Identity found, StoreSettings settings) {
        String nodeName = Peer.of(found.peerId, "-", 1).nodeName();
        if (!found.cluster.equals(settings.cluster()) || !nodeName.equals(settings.nodeName())) {
            throw new StoreException(
                    "directory %s belongs to node %s of cluster %s, not to node %s of cluster %s"
                            .formatted(
                                    settings.directory(),
                                    nodeName,
                                    found.cluster,
                                    settings.nodeName(),
                                    settings.cluster()),
                    "give this node a directory of its own.");
        }
        return found;
    }

    /// Stores this identity durably, in place of the present one.
    void write(Path directory) throws IOException {
        StringBuilder text = new StringBuilder("format=1\n");
        text.append("cluster=").append(cluster).append('\n');
        text.append("peer-id=").append(peerId).append('\n');
        text.append("stage=").append(stage).append('\n');
        for (Peer peer : group) {
            text.append("group.%s=%s %d%n".formatted(peer.peerId(), peer.host(), peer.port()));
        }
        Durable.replace(directory.resolve(FILE), text.toString().getBytes(StandardCharsets.UTF_8));
    }

    static Identity read(Path file) throws IOException {
        Map<String, String> values = new TreeMap<>();
        List<Peer> group = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            int equals = line.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("not a setting: " + line);
            }
            String key = line.substring(0, equals);
            String value = line.substring(equals + 1);
            if (key.startsWith("group.")) {
                int space = value.lastIndexOf(' ');
                group.add(
                        Peer.of(
                                key.substring("group.".length()),
                                value.substring(0, Math.max(space, 0)),
                                Integer.parseInt(value.substring(space + 1))));
            } else {
                values.put(key, value);
            }
        }
        String cluster = values.get("cluster");
        String peerId = values.get("peer-id");
        String stage = values.get("stage");
        if (cluster == null || peerId == null || stage == null) {
            throw new IllegalArgumentException("a line is missing");
        }
        return new Identity(cluster, peerId, Stage.valueOf(stage), group);
    }
}
