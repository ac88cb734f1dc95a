package io.howdah.cluster.deadman;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.lease.LinuxBootClock;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.ServerProcesses;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.Signal;
import io.howdah.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The switch as a process. A shell that is called `postgres` stands in for PostgreSQL: what is
/// killed is told by the program's name and its working directory. On real servers and agents:
/// `HungAgentsTest` in `cli`.
class SwitchProcessTest {

    private static final long HOUR_NANOS = Duration.ofHours(1).toNanos();

    @TempDir private Path directory = Path.of("");
    private final LinuxBootClock clock = new LinuxBootClock();
    private final List<SwitchKeeper> keepers = new ArrayList<>();
    private final List<Process> servers = new ArrayList<>();

    @BeforeEach
    void makeServer() throws IOException {
        Files.copy(Path.of("/bin/bash").toRealPath(), directory.resolve("postgres"));
        assertThat(directory.resolve("postgres").toFile().setExecutable(true)).isTrue();
        Files.createDirectory(directory.resolve("data"));
        startServer();
        startServer();
    }

    private void startServer() throws IOException {
        int before = running().size();
        servers.add(
                new ProcessBuilder(directory.resolve("postgres").toString(), "-c", "read line")
                        .directory(directory.resolve("data").toFile())
                        .start());
        Await.until("a server runs", () -> running().size() == before + 1);
    }

    @AfterEach
    void endAll() {
        keepers.forEach(SwitchKeeper::disarm);
        keepers.forEach(SwitchKeeper::close);
        servers.forEach(Process::destroyForcibly);
        Await.until("the switch ends with its agent", () -> files().all().isEmpty());
    }

    private List<Long> running() {
        return new ServerProcesses(data()).running();
    }

    private DataDirectory data() {
        return new DataDirectory(directory.resolve("data"), OperatingSystemUser.ourselves());
    }

    private SwitchFiles files() {
        return new SwitchFiles(directory);
    }

    /// An agent's end, as a start of an agent makes it.
    private SwitchKeeper agent() {
        return agent(null);
    }

    private SwitchKeeper agent(@Nullable WatchdogOrder watchdog) {
        SwitchKeeper keeper = new SwitchKeeper(new SwitchLaunch(files(), data(), watchdog));
        keepers.add(keeper);
        keeper.start();
        Await.until("the switch is there", keeper::isThere);
        return keeper;
    }

    /// 0 while none runs, or has not written down its number yet.
    private long switchPidOrZero() {
        try (ProcessGrip grip = files().running().orElse(null)) {
            return grip == null ? 0 : grip.pid();
        }
    }

    private long switchPid() {
        try (ProcessGrip grip = files().running().orElseThrow()) {
            return grip.pid();
        }
    }

    @Test
    void pastTheDeadlineNothingOfPostgresIsLeft() {
        SwitchKeeper agent = agent();
        agent.arm(clock.nanos() + HOUR_NANOS);
        assertThat(running()).hasSize(2);

        agent.arm(clock.nanos() + 1);

        Await.until("all are killed", () -> running().isEmpty());
        Await.until("it says so", () -> log().contains("did not renew the lease in time"));
    }

    @Test
    void whatRunsIsFoundWhereverItsDirectoryWasMoved() throws IOException {
        SwitchKeeper agent = agent();
        agent.arm(clock.nanos() + HOUR_NANOS);
        Path data = directory.resolve("data");
        Await.until("the switch keeps hold of it", () -> files().hasOpen(data));
        Files.move(data, directory.resolve("elsewhere"));
        Files.createDirectory(data);

        agent.arm(clock.nanos() + 1);

        Await.until("all are killed", () -> servers.stream().noneMatch(Process::isAlive));
        Await.until("it lets go", () -> !files().hasOpen(directory.resolve("elsewhere")));
    }

    private String log() {
        try {
            return Files.readString(files().log());
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void anAgentThatComesInTimeFindsTheSameSwitchAndPostgres() {
        SwitchKeeper former = agent();
        former.arm(clock.nanos() + HOUR_NANOS);
        long pid = switchPid();
        former.close();

        SwitchKeeper next = agent();
        assertThat(switchPid()).isEqualTo(pid);
        assertThat(running()).hasSize(2);

        next.arm(clock.nanos() + 1);
        Await.until("all are killed", () -> running().isEmpty());
    }

    /// A file stands in for the device: the switch finds that it is none.
    private WatchdogOrder watchdog(boolean required) throws IOException {
        Path device = directory.resolve("watchdog");
        Files.writeString(device, "");
        return new WatchdogOrder(device, 1, required);
    }

    @Test
    void whoRequiresAWatchdogDoesNotLeadWithout() throws Exception {
        SwitchKeeper agent = agent(watchdog(true));
        assertThat(agent.obstacle().orElseThrow())
                .contains("it is not elected, as a watchdog is required: ")
                .contains("watchdog is no watchdog")
                .contains("HINT: ");
        assertThat(agent.hasWatchdog()).isFalse();
    }

    @Test
    void whereAWatchdogIsNotRequiredTheSwitchWorksWithout() throws Exception {
        SwitchKeeper agent = agent(watchdog(false));
        assertThat(agent.obstacle()).isEmpty();

        agent.arm(clock.nanos() + 1);

        Await.until("all are killed", () -> running().isEmpty());
    }

    @Test
    void anAgentThatWantsAnotherWatchdogGetsAnotherSwitchAndPostgresRunsOn() throws Exception {
        SwitchKeeper former = agent();
        former.arm(clock.nanos() + HOUR_NANOS);
        long pid = switchPid();
        former.close();

        SwitchKeeper next = agentBeside(pid);
        assertThat(running()).hasSize(2);
        assertThat(formerSwitchPidOrZero()).as("nothing was told yet").isEqualTo(pid);

        next.arm(clock.nanos() + HOUR_NANOS);
        Await.until("the former one has ended", () -> formerSwitchPidOrZero() == 0);
        assertThat(running()).hasSize(2);
        Await.until("its files are gone", () -> !Files.exists(directory.resolve("switch-former")));

        next.arm(clock.nanos() + 1);
        Await.until("all are killed", () -> running().isEmpty());
    }

    /// One that wants another watchdog, and has started the switch for it.
    private SwitchKeeper agentBeside(long formerPid) throws IOException {
        SwitchKeeper keeper = agent(watchdog(false));
        Await.until(
                "another switch",
                () -> switchPidOrZero() != 0 && switchPidOrZero() != formerPid && knowsWatchdog());
        return keeper;
    }

    private boolean knowsWatchdog() {
        return files().saidOfWatchdog().startsWith(directory.resolve("watchdog") + " 1\n");
    }

    private long formerSwitchPidOrZero() {
        try (ProcessGrip grip = files().former().running().orElse(null)) {
            return grip == null ? 0 : grip.pid();
        }
    }

    @Test
    void aSwitchThatIsReplacedKeepsItsDeadlineUntilTheNextIsTold() throws Exception {
        SwitchKeeper former = agent();
        former.arm(clock.nanos() + Duration.ofSeconds(5).toNanos());
        long pid = switchPid();
        former.close();

        SwitchKeeper next = agentBeside(pid);
        next.close();

        Await.until("all are killed", () -> running().isEmpty());
        Await.until("nothing is left to do", () -> formerSwitchPidOrZero() == 0);
    }

    @Test
    void aLimitGivesNoMoreTimeThanTheSwitchBeforeWasTold() throws Exception {
        SwitchKeeper former = agent();
        former.arm(clock.nanos() + Duration.ofSeconds(5).toNanos());
        long pid = switchPid();
        former.close();

        agentBeside(pid).limit(clock.nanos() + HOUR_NANOS);

        Await.until("all are killed", () -> running().isEmpty());
    }

    /// Its standard input is the null device.
    @Test
    void aDeviceThatTheSwitchBeforeHasOpenForAnotherReasonIsTriedAtOnce() throws Exception {
        SwitchKeeper former = agent();
        former.arm(clock.nanos() + HOUR_NANOS);
        assertThat(files().hasOpen(Path.of("/dev/null"))).isTrue();
        former.close();

        SwitchKeeper next = agent(new WatchdogOrder(Path.of("/dev/null"), 1, true));

        Await.until("it complains", () -> next.obstacle().isPresent());
        assertThat(next.obstacle().orElseThrow()).contains("/dev/null is no watchdog");
    }

    @Test
    void theAgentAfterOneThatEndedMeanwhileSpeaksToBoth() throws Exception {
        SwitchKeeper former = agent();
        former.arm(clock.nanos() + Duration.ofMinutes(10).toNanos());
        long pid = switchPid();
        former.close();
        SwitchKeeper next = agentBeside(pid);
        next.limit(clock.nanos() + HOUR_NANOS);
        long nextPid = switchPid();
        next.close();

        SwitchKeeper last = agent(watchdog(false));
        assertThat(formerSwitchPidOrZero()).isEqualTo(pid);
        last.arm(clock.nanos() + HOUR_NANOS);
        Await.until("the former one has ended", () -> formerSwitchPidOrZero() == 0);
        assertThat(switchPid()).isEqualTo(nextPid);
        assertThat(running()).hasSize(2);

        last.arm(clock.nanos() + 1);
        Await.until("all are killed", () -> running().isEmpty());
    }

    @Test
    void aSwitchWhoseWatchdogCannotBeUsedIsKept() throws Exception {
        SwitchKeeper former = agent(watchdog(false));
        former.arm(clock.nanos() + HOUR_NANOS);
        long pid = switchPid();
        assertThat(files().saidOfWatchdog()).contains("is no watchdog");
        former.close();

        SwitchKeeper next = agent(watchdog(false));
        next.arm(clock.nanos() + HOUR_NANOS);

        assertThat(switchPid()).isEqualTo(pid);
        next.arm(clock.nanos() + 1);
        Await.until("all are killed", () -> running().isEmpty());
        assertThat(switchPid()).isEqualTo(pid);
    }

    @Test
    void theDeadlineHoldsWithoutAnAgent() {
        SwitchKeeper agent = agent();
        agent.arm(clock.nanos() + Duration.ofSeconds(3).toNanos());
        agent.close();

        Await.until("all are killed", () -> running().isEmpty());
        Await.until("nothing is left to do", () -> files().running().isEmpty());
    }

    /// Nobody knows what it was told any more: that may have been earlier than any limit.
    @Test
    void theDeadlineOfASwitchThatDiedUnheardIsOver() {
        SwitchKeeper former = agent();
        former.arm(clock.nanos() + HOUR_NANOS);
        former.close();

        SwitchKeeper next = agent();
        next.limit(clock.nanos() + HOUR_NANOS);
        killed(files());

        Await.until("all are killed", () -> running().isEmpty());
    }

    @Test
    void theDeadlineOfAReplacedSwitchThatDiedUnheardIsOver() throws Exception {
        SwitchKeeper former = agent();
        former.arm(clock.nanos() + HOUR_NANOS);
        long pid = switchPid();
        former.close();

        agentBeside(pid).limit(clock.nanos() + HOUR_NANOS);
        killed(files().former());

        Await.until("all are killed", () -> running().isEmpty());
    }

    private static void killed(SwitchFiles files) {
        try (ProcessGrip grip = files.running().orElseThrow()) {
            assertThat(grip.signal(Signal.KILL)).isTrue();
        }
    }

    @Test
    void aSwitchThatDiesIsReplacedAndToldTheLastWord() {
        SwitchKeeper agent = agent();
        agent.arm(clock.nanos() + HOUR_NANOS);
        try (ProcessGrip grip = files().running().orElseThrow()) {
            long pid = grip.pid();
            assertThat(grip.signal(Signal.KILL)).isTrue();
            Await.until(
                    "another switch",
                    () -> {
                        long now = switchPidOrZero();
                        return now != 0 && now != pid && agent.isThere();
                    });
        }
        assertThat(running()).hasSize(2);

        agent.arm(clock.nanos() + 1);
        Await.until("all are killed", () -> running().isEmpty());
    }
}
