package io.howdah.consensus.ratis;

import io.howdah.consensus.Peer;
import io.howdah.consensus.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

/// What a directory holds of a group that is to be given up, as it will never have a majority
/// again. Its node then has no part in any group, and may found one. Immutable; thread-safe.
///
/// @param directory the one of [io.howdah.consensus.StoreSettings]; it may be a volume of its own
public record FormerGroup(Path directory) {

    private static final String NAME = "given-up-";
    private static final List<String> NOT_OURS = List.of("lock", "lost+found");

    /// Whether there is anything left of one, damaged or not.
    ///
    /// @throws StoreException when the directory cannot be looked into
    public boolean isThere() {
        return !parts().isEmpty();
    }

    /// Checks that no node is at work with it.
    ///
    /// @throws StoreException when one is
    public void requireUnused() {
        if (isThere()) {
            lock().close();
        }
    }

    private DirectoryLock lock() {
        DirectoryLock lock = DirectoryLock.tryTake(directory);
        if (lock == null) {
            throw new StoreException(
                    "howdah runs on this node: " + directory + " is in use",
                    "stop it, and run this again");
        }
        return lock;
    }

    /// Who belongs to it, as far as this node knew last: by the log, or by what the group was begun
    /// with.
    ///
    /// @throws StoreException when the files are damaged or cannot be read
    public List<Peer> peers() {
        return peers(directory);
    }

    private static List<Peer> peers(Path storage) {
        try {
            Set<Peer> peers = new LinkedHashSet<>();
            if (Files.exists(storage.resolve(Identity.FILE))) {
                peers.addAll(Identity.read(storage.resolve(Identity.FILE)).group());
            }
            for (Path configuration : configurations(storage)) {
                peers.addAll(members(configuration));
            }
            return List.copyOf(peers);
        } catch (IOException | IllegalArgumentException e) {
            throw new StoreException(
                    "cannot tell who belongs to the group in " + storage + ": " + e.getMessage(),
                    "see that the files can be read; if they are damaged, move all but `lock` out of"
                            + " there, and make sure yourself that no other node runs",
                    e);
        }
    }

    /// `raft/GROUP/current/raft-meta.conf`: what Ratis keeps of the last change of the group.
    private static List<Path> configurations(Path storage) throws IOException {
        Path raft = storage.resolve("raft");
        if (!Files.isDirectory(raft)) {
            return List.of();
        }
        try (Stream<Path> groups = Files.list(raft)) {
            return groups.map(group -> group.resolve("current").resolve("raft-meta.conf"))
                    .filter(Files::exists)
                    .toList();
        }
    }

    private static List<Peer> members(Path configuration) throws IOException {
        return LogEntryProto.parseFrom(Files.readAllBytes(configuration))
                .getConfigurationEntry()
                .getPeersList()
                .stream()
                .map(peer ->
                        Peers.fromRatis(
                                RaftPeer.newBuilder()
                                        .setId(RaftPeerId.valueOf(peer.getId()))
                                        .setAddress(peer.getAddress())
                                        .build()))
                .toList();
    }

    /// The peer ids that this node had in groups that were given up here.
    Set<String> formerIds() {
        try (Stream<Path> files = Files.list(directory)) {
            Set<String> ids = new LinkedHashSet<>();
            for (Path identity :
                    files.filter(file -> file.getFileName().toString().startsWith(NAME))
                            .map(aside -> aside.resolve(Identity.FILE))
                            .filter(Files::exists)
                            .toList()) {
                ids.add(Identity.read(identity).peerId());
            }
            return ids;
        } catch (IOException | IllegalArgumentException e) {
            // what was put aside is nobody's business any more
            return Set.of();
        }
    }

    /// Moves it aside: into `given-up-1` there, or the next number. Nothing is deleted. A part that
    /// was moved before a crash stays where it is, and the rest follows into the next number.
    ///
    /// @return where it lies now; empty where there was nothing
    /// @throws StoreException when a node is at work with it, or it cannot be moved
    public Optional<Path> giveUp() {
        if (!isThere()) {
            return Optional.empty();
        }
        try (DirectoryLock _ = lock()) {
            Path aside = free();
            Files.createDirectory(aside);
            // the identity first: a new one never finds the old log in its place
            for (Path part : parts()) {
                Files.move(part, aside.resolve(part.getFileName()), StandardCopyOption.ATOMIC_MOVE);
            }
            Durable.syncDirectory(aside);
            Durable.syncDirectory(directory);
            return Optional.of(aside);
        } catch (IOException e) {
            throw new StoreException(
                    "what the nodes had agreed on cannot be put aside: " + e,
                    "move all but `lock` out of " + directory + ", and run this again",
                    e);
        }
    }

    private Path free() {
        int number = 1;
        while (Files.exists(directory.resolve(NAME + number))) {
            number++;
        }
        return directory.resolve(NAME + number);
    }

    /// The identity is the first.
    private List<Path> parts() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(FormerGroup::isPart)
                    .sorted(
                            Comparator.comparing((Path file) ->
                                            !file.getFileName().toString().startsWith("identity"))
                                    .thenComparing(Comparator.naturalOrder()))
                    .toList();
        } catch (IOException e) {
            throw new StoreException(
                    "cannot look into " + directory + ": " + e,
                    "run this as the user that runs howdah, or as root",
                    e);
        }
    }

    private static boolean isPart(Path file) {
        String name = file.getFileName().toString();
        return !NOT_OURS.contains(name) && !name.startsWith(NAME);
    }
}
