package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.cluster.step.Step;
import io.howdah.node.api.ApiException;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.SwitchoverRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// Agents end, as by SIGKILL, at every single step of every longer action, and are started again as
/// systemd would; PostgreSQL and the tools that they had started run on. Nobody else intervenes,
/// and the cluster comes to the right end: all three serve, and nothing acknowledged is lost. The
/// steps are those of [Step], all but an adoption's ([AdoptionTest]): a new one that no round
/// reaches fails the test.
///
/// On PostgreSQL 15 where it is installed; `-Dhowdah.test.postgres=BIN` names another, or
/// `embedded`.
@Tag("cluster")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(org.junit.jupiter.api.MethodOrderer.OrderAnnotation.class)
class HaltedAgentsTest {

    private static final Path INSTALLED = Path.of("/usr/lib/postgresql/15/bin");
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int TRIES = 30;

    private static final Set<Step> OF_A_NEW_CLUSTER =
            EnumSet.of(
                    Step.INITIALISE_MARKED,
                    Step.INITDB_RUNS,
                    Step.FIRST_SERVER_RUNS,
                    Step.FIRST_OBJECTS_MADE,
                    Step.REPLACEMENT_WHOLE,
                    Step.REPLACEMENT_IN_PLACE,
                    Step.PRIMARY_SIGNAL_REMOVED,
                    Step.PRIMARY_STARTED,
                    Step.COPY_SLOT_RESERVED,
                    Step.COPY_RUNS,
                    Step.COPY_RECEIVED,
                    Step.COPY_SWAPPED,
                    Step.STANDBY_STARTED,
                    Step.NAMES_WRITTEN,
                    Step.NAMES_IN_FORCE,
                    Step.VOTERS_AGREED);

    private static final Set<Step> OF_A_REWIND =
            EnumSet.of(
                    Step.REWIND_INCARNATION_GONE,
                    Step.REWIND_MARKED,
                    Step.REWIND_SIGNAL_REMOVED,
                    Step.REWIND_RUNS,
                    Step.REWIND_DONE,
                    Step.REWIND_NOTED);

    private static final Set<Step> OF_A_COPY_OVER_OLD_DATA =
            EnumSet.of(
                    Step.REPLACEMENT_WHOLE,
                    Step.REPLACEMENT_OLD_ASIDE,
                    Step.REPLACEMENT_IN_PLACE,
                    Step.COPY_SWAPPED);

    private final ArmedSteps steps = new ArmedSteps();
    private @Nullable Exception refused;
    private @Nullable DemoCluster cluster;
    private @Nullable Writer writer;

    private final String postgres =
            System.getProperty(
                    "howdah.test.postgres",
                    Files.isExecutable(INSTALLED.resolve("postgres"))
                            ? INSTALLED.toString()
                            : "embedded");

    @BeforeAll
    void makeCluster() {
        cluster = new DemoCluster(postgres, steps.launcher());
    }

    @AfterAll
    void removeCluster() throws Exception {
        steps.letGo();
        if (writer != null) {
            writer.stop();
        }
        if (cluster != null) {
            cluster.stop();
        }
        steps.remove();
    }

    private DemoCluster cluster() {
        return Objects.requireNonNull(cluster);
    }

    private Writer writer() {
        return Objects.requireNonNull(writer);
    }

    /// Does something until agents have ended at all armed steps, and sees that all is well after.
    private void untilReached(Trigger trigger) throws Exception {
        for (int i = 0; i < TRIES && !steps.left().isEmpty(); i++) {
            trigger.pull(whole());
        }
        assertThat(steps.left())
                .as("steps that nobody came to; refused last: %s\n%s", refused, cluster().logs())
                .isEmpty();
        ClusterStatus after = whole();
        writer().awaitProgress();
        writer().assertNothingLost(DemoCluster.leader(after));
    }

    /// One end leads to the next: many may lie between here and a cluster that is whole, each after
    /// its own time.
    private ClusterStatus whole() throws Exception {
        int before = steps.left().size();
        while (true) {
            try {
                return cluster().awaitWhole();
            } catch (AssertionError e) {
                if (steps.left().size() == before) {
                    throw e;
                }
                before = steps.left().size();
            }
        }
    }

    private void awaitFewerThan(int left) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (steps.left().size() == left) {
            assertThat(System.nanoTime())
                    .as("steps that nobody came to: %s\n%s", steps.left(), cluster().logs())
                    .isLessThan(end);
            ArmedSteps.pause();
        }
    }

    private interface Trigger {
        void pull(ClusterStatus whole) throws Exception;
    }

    private static Set<Step> ofAChangeOfPrimary() {
        Set<Step> rest = EnumSet.allOf(Step.class);
        rest.removeAll(OF_A_NEW_CLUSTER);
        rest.removeAll(OF_A_REWIND);
        rest.removeAll(OF_A_COPY_OVER_OLD_DATA);
        rest.removeAll(AdoptionTest.STEPS);
        rest.addAll(EnumSet.of(Step.NAMES_WRITTEN, Step.NAMES_IN_FORCE, Step.VOTERS_AGREED));
        return rest;
    }

    @Test
    @Order(1)
    void newClusterComesUpWhateverStepItsAgentsEndAt() throws Exception {
        steps.arm(OF_A_NEW_CLUSTER);

        steps.keepStarted(cluster());

        for (int left = steps.left().size(); left > 0; left = steps.left().size()) {
            awaitFewerThan(left);
        }
        whole();
        writer = new Writer(cluster().settings());
        writer().awaitProgress();
    }

    @Test
    @Order(2)
    void changeOfPrimaryLosesNothingWhateverStepItsAgentsEndAt() throws Exception {
        steps.arm(ofAChangeOfPrimary());

        untilReached(this::switchOver);
    }

    private void switchOver(ClusterStatus whole) {
        try {
            cluster().client().switchover(new SwitchoverRequest(whole.leader(), null));
        } catch (ApiException e) {
            // The agent that was asked has ended, or the one that was to take over: the next look
            // waits until all is well again.
            refused = e;
        }
    }

    @Test
    @Order(3)
    void copyOverOldDataIsWholeWhateverStepItsAgentEndsAt() throws Exception {
        steps.arm(OF_A_COPY_OVER_OLD_DATA);

        untilReached(whole -> {
            int standby = DemoCluster.others(whole).getFirst();
            // what an interrupted rewind leaves
            Files.createFile(cluster().dataDirectory(standby).resolveSibling("rewind-under-way"));
            cluster().killHost(standby);
        });
    }

    @Test
    @Order(4)
    void rewindLosesNothingWhateverStepItsAgentEndsAt() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of(postgres, "pg_rewind")),
                () -> "pg_rewind is not in " + postgres);
        for (Step step : OF_A_REWIND) {
            steps.arm(EnumSet.of(step));
            untilReached(this::diverge);
        }
    }

    private void diverge(ClusterStatus whole) throws Exception {
        int leader = DemoCluster.leader(whole);
        try (Connection connection = Writer.toNode(cluster().settings(), leader)) {
            Writer.execute(connection, "create table if not exists alone (id bigint)");
            cluster().suspendWalSenders(leader);
            Writer.execute(connection, "set synchronous_commit = local");
            Writer.execute(connection, "insert into alone select generate_series(1, 20000)");
            cluster().killHost(leader);
        } catch (SQLException e) {
            // Changed under our feet: the next try finds it whole again.
            refused = e;
        }
        cluster().awaitSuccessor(whole);
    }

    @Test
    @Order(5)
    void everyNodeHasEndedSomewhere() {
        assertThat(IntStream.rangeClosed(1, DemoCluster.NODES).mapToObj(cluster()::log))
                .allMatch(log -> log.contains("halted at "));
    }
}
