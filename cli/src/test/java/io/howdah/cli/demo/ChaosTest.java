package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cli.host.Disk;
import io.howdah.cli.host.VirtualNetwork;
import io.howdah.node.api.ApiException;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberState;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.testing.Await;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// `howdah chaos` against one demo, as processes of their own; where that is possible, each node is
/// a host of its own. That a run of its full length ends well is shown by the tests of the
/// documents, which run its example.
@Tag("cluster")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ChaosTest {

    private static final long COMMAND_SECONDS = 300;

    /// Interrupted after so many.
    private static final int FAULTS = 6;

    /// In a pause links become slow; in this the primary's switch is killed, its agent restarted,
    /// and it is not heard; last a disk is full. Where the nodes are no hosts, the first three and
    /// what else is possible.
    private static final int SEED = 143_610_438;

    private final Path folder = DemoCluster.reachableDirectory();
    private final Path demo = folder.resolve("demo");

    @BeforeAll
    void startDemo() throws Exception {
        var arguments =
                new ArrayList<>(
                        List.of(
                                "demo",
                                "--detach",
                                "--postgres",
                                "embedded",
                                "--base-port",
                                "" + FreePorts.block(50)));
        VirtualNetwork.obstacle()
                .or(Disk::obstacle)
                .ifPresentOrElse(
                        why ->
                                System.out.println(
                                        "SKIPPED: chaos cuts no networks and fills no disks: "
                                                + why),
                        () -> arguments.add("--hosts"));
        Process start = howdah("start", arguments.toArray(String[]::new));
        assertThat(exitOf(start)).as(said("start")).isZero();
    }

    @AfterAll
    void removeDemo() throws Exception {
        exitOf(howdah("clean", "demo", "clean"));
        new DurableFiles(OperatingSystemUser.ourselves()).deleteTree(folder);
    }

    /// Starts a command; what it says goes to `NAME.out`.
    private Process howdah(String name, String... arguments) throws IOException {
        var command = new ArrayList<>(ProgramUnderTest.launcher().toolCommand());
        command.addAll(List.of(arguments));
        command.addAll(List.of("--directory", demo.toString()));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".out").toFile())
                .start();
    }

    private static int exitOf(Process process) throws InterruptedException {
        assertThat(process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
        return process.exitValue();
    }

    private String said(String name) {
        try {
            return Files.readString(folder.resolve(name + ".out"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DemoSettings settings() {
        return DemoDirectory.at(demo).requireSettings();
    }

    @Test
    void interruptedRunHealsChecksAndReports() throws Exception {
        Process run = howdah("run", "chaos", "--for", "1h", "--seed", "" + SEED, "--report", "run");
        Await.until("faults are done", () -> said("run").contains("fault " + FAULTS + ":"));
        Process second = howdah("second", "chaos", "--for", "1h");
        assertThat(exitOf(second)).isEqualTo(1);
        assertThat(said("second")).contains("another `howdah chaos`").contains("HINT: ");

        Process interrupt = new ProcessBuilder("kill", "-INT", "" + run.pid()).start();
        assertThat(exitOf(interrupt)).isZero();

        assertThat(exitOf(run)).as(said("run")).isZero();
        assertThat(said("run")).contains("(interrupted)").contains("every promise was kept");
        assertThat(Files.readString(folder.resolve("run.json")))
                .contains("\"seed\" : " + SEED)
                .contains("\"verdict\" : \"kept\"")
                .contains("\"number\" : " + FAULTS);
        assertThat(Files.readString(folder.resolve("run.md")))
                .contains("# Chaos run, seed " + SEED + ": every promise was kept");
        assertThat(said("run"))
                .contains("pause of the cluster for")
                .contains("kill -9 of the dead man's switch on n")
                .contains("orderly restart of the agent on n");
        if (settings().hosts().isPresent()) {
            assertThat(said("run"))
                    .contains("(primary), nobody hears it")
                    .contains("slow and lossy links everywhere")
                    .contains("full disk on n");
            assertThat(Files.readString(folder.resolve("run.json")))
                    .as("one more client on each host")
                    .contains("\"clients\" : 5");
        }
        assertAsBefore();
    }

    @Test
    void lostRowsAreFound() throws Exception {
        Process run =
                howdah(
                        "loss",
                        "chaos",
                        "--for",
                        "5s",
                        "--faults",
                        "switchover",
                        "--report",
                        "loss");
        // among so many some were acknowledged
        Await.until("rows are lost", () -> deletes(20));

        assertThat(exitOf(run)).as(said("loss")).isEqualTo(1);
        assertThat(said("loss"))
                .contains("VIOLATION: set, lost: ")
                .contains("HINT: ")
                .doesNotContain("bank, ")
                .doesNotContain("list, ");
        assertThat(Files.readString(folder.resolve("loss.json")))
                .contains("\"verdict\" : \"broken\"");
        assertAsBefore();
    }

    private boolean deletes(int rows) {
        try (Connection connection = Writer.toPrimary(settings())) {
            if (Writer.number(connection, "select max(id) from howdah_chaos.inserted")
                    < 2L * rows) {
                return false;
            }
            Writer.execute(connection, "delete from howdah_chaos.inserted where id <= " + rows);
            return Writer.number(
                            connection,
                            "select count(*) from howdah_chaos.inserted where id <= " + rows)
                    == 0;
        } catch (SQLException e) {
            return false;
        }
    }

    private void assertAsBefore() {
        Await.until(
                "all run",
                () -> {
                    try {
                        ClusterStatus cluster = settings().client().cluster();
                        return cluster.leader() != null
                                && cluster.members().stream()
                                        .allMatch(member -> member.state() == MemberState.RUNNING);
                    } catch (ApiException e) {
                        return false;
                    }
                });
        assertThat(said("run") + said("start")).doesNotContain("bug");
    }
}
