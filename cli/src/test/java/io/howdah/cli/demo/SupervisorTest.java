package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.testing.Await;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorTest {

    @TempDir private Path folder;

    private final List<String> events = new CopyOnWriteArrayList<>();
    private DemoDirectory directory = DemoDirectory.at(Path.of(""));
    private DemoSettings settings = new DemoSettings(1, 6500, "embedded", Path.of("/"));

    @BeforeEach
    void layOut() throws IOException {
        directory = DemoDirectory.at(folder.resolve("demo"));
        settings = new DemoSettings(2, FreePorts.block(50), "embedded", directory.path());
        directory.write(DemoRecord.of(settings));
        new DemoFiles(settings).complete();
    }

    @AfterEach
    void leaveNothingBehind() {
        directory
                .read()
                .processes()
                .values()
                .forEach(process -> process.handle().ifPresent(ProcessHandle::destroyForcibly));
    }

    private Supervisor supervisor(boolean restart) {
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        List<String> node =
                List.of(
                        java,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty(
                                "surefire.test.class.path", System.getProperty("java.class.path")),
                        FakeNode.class.getName());
        return new Supervisor(
                directory, settings, new NodeLauncher(node, node), restart, events::add);
    }

    @Test
    void everyNodeIsAProcessInASessionOfItsOwn() throws Exception {
        Supervisor supervisor = supervisor(true);
        supervisor.start();
        awaitStarts(1, 1);

        for (ProcessMark process : directory.read().processes().values()) {
            assertThat(session(process.pid())).isEqualTo(process.pid());
        }
        supervisor.stop();
    }

    @Test
    void killedNodeIsStartedAgain() throws Exception {
        Supervisor supervisor = supervisor(true);
        supervisor.start();
        awaitStarts(1, 1);

        process("n2").destroyForcibly();

        awaitStarts(1, 2);
        assertThat(events).contains("n2 ended (signal 9); starting it again in 1 s");
        supervisor.stop();
    }

    @Test
    void nodeThatWasToldToLeaveIsStartedAgainAtOnce() throws Exception {
        Files.createFile(settings.nodeDirectory(2).resolve("leave"));
        Supervisor supervisor = supervisor(true);
        supervisor.start();

        awaitStarts(1, 2);
        assertThat(events).containsExactly("n2 left its PostgreSQL running; starting it again");
        supervisor.stop();
    }

    @Test
    void killedNodeStaysAwayWhenTold() throws Exception {
        Supervisor supervisor = supervisor(false);
        supervisor.start();
        awaitStarts(1, 1);

        process("n2").destroyForcibly();

        Await.until(
                "the supervisor told it",
                () ->
                        events.contains(
                                "n2 ended (signal 9); it is not started again (--no-restart)"));
        supervisor.stop();
        assertThat(lines(2)).containsExactly("started");
    }

    @Test
    void nodeThatCannotStartSaysWhy() throws Exception {
        Files.createFile(settings.nodeDirectory(1).resolve("broken"));
        Supervisor supervisor = supervisor(true);
        supervisor.start();

        Await.until(
                "the supervisor told it",
                () ->
                        events.contains(
                                "n1 ended (exit code 1: the data directory is of version 14); starting it again in 1 s"));
        supervisor.stop();
    }

    @Test
    void stopEndsEveryNodeByATermSignal() throws Exception {
        Supervisor supervisor = supervisor(true);
        supervisor.start();
        awaitStarts(1, 1);

        supervisor.stop();

        assertThat(lines(1)).containsExactly("started", "stopped");
        assertThat(lines(2)).containsExactly("started", "stopped");
        assertThat(directory.read().processes().values()).noneMatch(ProcessMark::runs);
    }

    @Test
    void nodesOfADeadSupervisorAreAdoptedAndStopped() throws Exception {
        // Like a dead one it will not start them again.
        supervisor(false).start();
        awaitStarts(1, 1);
        long pid = process("n1").pid();

        Supervisor next = supervisor(true);
        next.start();
        Await.until(
                "the supervisor told it",
                () -> events.contains("n1 runs already (pid " + pid + ")"));

        next.stop();
        assertThat(lines(1)).containsExactly("started", "stopped");
    }

    @Test
    void demoStopEndsWhatADeadSupervisorLeftBehind() throws Exception {
        supervisor(false).start();
        awaitStarts(1, 1);

        boolean ran = new DemoStop(directory, events::add).stop();

        assertThat(ran).isTrue();
        assertThat(directory.read().processes().values()).noneMatch(ProcessMark::runs);
        assertThat(new DemoStop(directory, events::add).stop()).isFalse();
    }

    private ProcessHandle process(String node) {
        return Objects.requireNonNull(directory.read().processes().get(node))
                .handle()
                .orElseThrow();
    }

    private void awaitStarts(int ofFirst, int ofSecond) throws Exception {
        Await.until(
                "the supervisor told it",
                () ->
                        starts(1) >= ofFirst
                                && starts(2) >= ofSecond
                                && directory.read().processes().size() == 2);
    }

    private long starts(int node) {
        return lines(node).stream().filter("started"::equals).count();
    }

    private List<String> lines(int node) {
        try {
            Path file = settings.nodeDirectory(node).resolve("events");
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static long session(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3]);
    }
}
