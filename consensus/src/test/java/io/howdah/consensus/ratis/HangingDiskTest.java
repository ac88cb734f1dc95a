package io.howdah.consensus.ratis;

import static io.howdah.consensus.ratis.Neighbours.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.testing.Await;
import io.howdah.testing.BreakableVolume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that does not answer while the process on it runs: a cloud's volume, a path of a SAN.
class HangingDiskTest {

    private static final int VOLUME_MEGABYTES = 64;
    private static final List<String> NAMES = List.of("n1", "n2", "n3");

    /// More than the entries after which a snapshot is due.
    private static final int MANY = 2500;

    @TempDir Path directory;
    private final Map<String, BreakableVolume> volumes = new LinkedHashMap<>();
    private Neighbours nodes;

    @BeforeEach
    void formed() {
        nodes = new Neighbours(directory, NAMES.toArray(String[]::new));
        for (String name : NAMES) {
            Optional<BreakableVolume> mounted =
                    BreakableVolume.mount(
                            BreakableVolume.Failure.HANGING,
                            directory.resolve(name + ".image"),
                            nodes.directory(name),
                            VOLUME_MEGABYTES);
            assumeTrue(mounted.isPresent(), "only root may mount and freeze a volume");
            volumes.put(name, mounted.get());
        }
        NAMES.forEach(nodes::openMending);
        nodes.awaitFormed(NAMES.toArray(String[]::new));
    }

    @AfterEach
    void close() {
        volumes.values().forEach(BreakableVolume::pass);
        nodes.close();
        volumes.values().forEach(BreakableVolume::close);
    }

    private BreakableVolume volume(String name) {
        return Objects.requireNonNull(volumes.get(name));
    }

    @Test
    void leaderWhoseDiskHangsHandsOverAndIsBackWhenItAnswers() {
        String former = nodes.leader();
        String other = nodes.follower();
        get(nodes.store(other).submit("before"));

        volume(former).fail();

        get(nodes.store(other).submit("meanwhile"));
        Await.untilSeen(
                "another one leads",
                () -> nodes.store(other).status(),
                status -> status.contains("leader ") && !status.contains("leader " + former));
        assertThat(nodes.store(former).status())
                .contains("the disk below " + nodes.directory(former) + " does not answer");
        get(nodes.store(other).submit("on"));

        volume(former).pass();

        nodes.awaitSame(List.of("before", "meanwhile", "on"));
        Await.untilSeen(
                "nothing hangs any more",
                () -> nodes.store(former).status(),
                status -> !status.contains("does not answer"));
        assertThat(get(nodes.store(former).submit("after")).accepted()).isTrue();
    }

    @Test
    void followerWhoseDiskHangsDelaysNobodyAndCatchesUp() {
        String leader = nodes.leader();
        String hanging = nodes.follower();
        volume(hanging).fail();

        refusedMany(leader);
        get(nodes.store(leader).submit("on"));
        Await.untilSeen(
                "says so",
                () -> nodes.store(hanging).status(),
                status -> status.contains("does not answer"));

        volume(hanging).pass();

        nodes.awaitSame(List.of("on"));
        assertThat(get(nodes.store(hanging).submit("after")).accepted()).isTrue();
    }

    /// Refused, and so not in the document, but written to the log.
    private void refusedMany(String name) {
        var waiting = new ArrayList<CompletableFuture<?>>();
        for (int i = 0; i < MANY; i++) {
            waiting.add(nodes.store(name).submit("no"));
            if (waiting.size() == 100) {
                waiting.forEach(Neighbours::get);
                waiting.clear();
            }
        }
        waiting.forEach(Neighbours::get);
    }
}
