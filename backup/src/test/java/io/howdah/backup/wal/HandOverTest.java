package io.howdah.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.backup.TestPostgres;
import io.howdah.postgres.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The script where `/proc` shows PostgreSQL's user no process of root's, as with `hidepid=2`.
class HandOverTest {

    private static final String FILE = "000000010000000000000001";

    private final Path home = TestPostgres.home("hw-hand-over-");
    private final Path spool = home.resolve("spool");

    @BeforeEach
    void begin() throws Exception {
        assumeTrue(TestPostgres.USER.another(), "only root may hide processes");
        assumeTrue(hidden("true").start().waitFor() == 0, "no mounts of our own here");
        for (Path path : List.of(spool, spool.resolve(HandOver.WANTED))) {
            TestPostgres.USER.own(Files.createDirectory(path));
        }
        TestPostgres.USER.own(Files.writeString(spool.resolve(FILE), "wal"));
    }

    @AfterEach
    void close() {
        new DurableFiles(TestPostgres.USER).deleteTree(home);
    }

    @Test
    void keeperOfAnotherUserIsKnownToLiveThoughItIsHidden() throws Exception {
        assertThat(ask(ProcessHandle.current().pid())).isZero();
        assertThat(home.resolve("taken")).content().isEqualTo("wal");
    }

    @Test
    void keeperThatIsGoneEndsTheServer() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        assertThat(gone.waitFor()).isZero();
        assertThat(ask(gone.pid())).isEqualTo(126);
    }

    private int ask(long keeper) throws IOException, InterruptedException {
        Path script = spool.resolve(HandOver.SCRIPT);
        TestPostgres.USER.own(Files.writeString(script, new HandOver(spool, keeper).script()));
        Process process =
                hidden("/bin/sh", script.toString(), FILE, home.resolve("taken").toString())
                        .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /// With an empty `/proc`.
    private static ProcessBuilder hidden(String... command) {
        var all = new ArrayList<String>();
        all.addAll(List.of("unshare", "--mount", "/bin/sh", "-c"));
        all.add("mount -t tmpfs none /proc && exec \"$@\"");
        all.add("sh");
        all.addAll(
                List.of(
                        "setpriv",
                        "--reuid=" + TestPostgres.USER.uid(),
                        "--regid=" + TestPostgres.USER.gid(),
                        "--clear-groups",
                        "--"));
        all.addAll(List.of(command));
        return new ProcessBuilder(all).inheritIO();
    }
}
