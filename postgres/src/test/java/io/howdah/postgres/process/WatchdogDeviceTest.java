package io.howdah.postgres.process;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.PostgresException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said of a device that cannot be used. What a real one does was tried by hand, as
/// ARCHITECTURE.md says: it resets the machine.
class WatchdogDeviceTest {

    @TempDir private Path directory = Path.of("");

    @Test
    void whereThereIsNoneItIsSaidHowToGetOne() {
        assertThatThrownBy(() -> WatchdogDevice.open(directory.resolve("watchdog"), 2))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("there is no watchdog " + directory)
                .hasMessageContaining("HINT: load its module, such as softdog");
    }

    @Test
    void whatIsNoWatchdogIsLeftAlone() throws IOException {
        Path file = Files.writeString(directory.resolve("watchdog"), "mine");
        assertThatThrownBy(() -> WatchdogDevice.open(file, 2))
                .hasMessageContaining(file + " is no watchdog");
    }

    @Test
    void whatCannotBeOpenedIsSaidWithItsReason() {
        assertThatThrownBy(() -> WatchdogDevice.open(directory, 2))
                .hasMessageContaining("cannot open the watchdog " + directory + " (error 21)")
                .hasMessageContaining("udev rule");
    }
}
