package io.howdah.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.backup.BackupException;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreLockTest {

    @TempDir private Path folder;

    private final DurableFiles files = new DurableFiles(OperatingSystemUser.ourselves());

    @Test
    void whoComesSecondIsToldWhoIsAtIt() {
        try (RestoreLock _ = RestoreLock.take(folder, files)) {
            assertThatThrownBy(() -> RestoreLock.take(folder, files))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("another restore runs in " + folder)
                    .hasMessageContaining("process " + ProcessHandle.current().pid())
                    .hasMessageContaining("HINT: ");
        }
        assertThat(folder).isEmptyDirectory();
        RestoreLock.take(folder, files).close();
    }

    /// The lock is the process's, not the file.
    @Test
    void whatAKilledOneHasLeftHoldsNobodyUp() throws IOException {
        Files.writeString(folder.resolve(RestoreLock.FILE), "1 left");

        RestoreLock.take(folder, files).close();

        assertThat(folder).isEmptyDirectory();
    }

    /// Both ways: it holds others up, and is held up.
    @Test
    void processesHoldEachOtherUp() throws Exception {
        Path python = Path.of("/usr/bin/python3");
        assumeTrue(Files.isExecutable(python), () -> "there is no " + python);
        try (RestoreLock _ = RestoreLock.take(folder, files)) {
            try (Other other = new Other(python)) {
                assertThat(other.said()).isEqualTo("held up");
            }
        }
        try (Other other = new Other(python)) {
            assertThat(other.said()).isEqualTo("locked");
            assertThatThrownBy(() -> RestoreLock.take(folder, files))
                    .hasMessageContaining("process " + other.process.pid());
        }
        RestoreLock.take(folder, files).close();
    }

    private final class Other implements AutoCloseable {

        private final Process process;

        Other(Path python) throws IOException {
            process =
                    new ProcessBuilder(
                                    python.toString(),
                                    "-c",
                                    """
                                    import fcntl, os, sys
                                    file = open(sys.argv[1], "a")
                                    try:
                                        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                                        file.truncate(0)
                                        file.write(str(os.getpid()))
                                        file.flush()
                                        print("locked", flush=True)
                                    except BlockingIOError:
                                        print("held up", flush=True)
                                    sys.stdin.read()
                                    """,
                                    folder.resolve(RestoreLock.FILE).toString())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
        }

        String said() throws IOException {
            return process.inputReader().readLine();
        }

        @Override
        public void close() {
            var _ = process.destroyForcibly().onExit().join();
        }
    }
}
