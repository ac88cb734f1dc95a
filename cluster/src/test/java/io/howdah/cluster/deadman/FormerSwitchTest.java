package io.howdah.cluster.deadman;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.process.PipeReader;
import io.howdah.postgres.process.ProcessFile;
import io.howdah.postgres.process.ProcessGrip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Another process stands for a switch that does not end when it is dismissed.
@NullMarked
class FormerSwitchTest {

    @TempDir Path directory;
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endProcesses() {
        started.forEach(Process::destroyForcibly);
    }

    private Path device() {
        return directory.resolve("watchdog-device");
    }

    private Process lingering() throws IOException {
        Process process =
                new ProcessBuilder("sleep", "600").redirectOutput(device().toFile()).start();
        started.add(process);
        return process;
    }

    private void dismiss(Process lingering, String saidOfWatchdog) throws IOException {
        SwitchFiles node = new SwitchFiles(directory);
        SwitchFiles former = node.former();
        former.prepare();
        Files.writeString(former.watchdog(), saidOfWatchdog);
        try (ProcessGrip grip = ProcessGrip.on(lingering.pid()).orElseThrow();
                ProcessFile.Claim _ = former.process().claim(grip, "").orElseThrow();
                PipeReader _ = PipeReader.open(former.pipe(), Beat.BYTES)) {
            FormerSwitch.find(node).orElseThrow().dismiss();
        }
    }

    @Test
    void oneWhoseWatchdogCannotBeStoppedStaysToFeedIt() throws Exception {
        Process lingering = lingering();

        dismiss(lingering, SwitchFiles.watchdog(device(), 1));

        assertThat(lingering.isAlive()).as("its end would reset the machine").isTrue();
        assertThat(new SwitchFiles(directory).former().watchdog()).exists();
    }

    @Test
    void oneThatHangsWithoutAWatchdogIsEnded() throws Exception {
        Process lingering = lingering();

        dismiss(lingering, SwitchFiles.NO_WATCHDOG);

        assertThat(lingering.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(directory.resolve("switch-former")).doesNotExist();
    }
}
