package io.howdah.cluster.adoption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.InitDb;
import io.howdah.postgres.Installation;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresServer;
import io.howdah.postgres.ServerLaunch;
import io.howdah.postgres.ServerProcesses;
import io.howdah.postgres.SocketDirectory;
import io.howdah.testing.Await;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FormerServerTest {

    private static final OperatingSystemUser USER = OperatingSystemUser.forPostgres();

    /// Where Howdah runs as the user that runs PostgreSQL there is no other user to ask as. (As
    /// root, `psql` is run as that user: the demo's adoption shows it.)
    @Test
    void itIsAskedByItsSocketAndSaysWhyNotWhereItLetsNobodyIn() throws IOException {
        Installation installation = new Installations(USER).embedded();
        Path root = Files.createTempDirectory("howdah-test").toRealPath();
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        DurableFiles files = new DurableFiles(USER);
        files.createDirectory(root.resolve("former"));
        DataDirectory data = new DataDirectory(root.resolve("former").resolve("main"), USER);
        Path log = root.resolve("former").resolve("log");
        try {
            new InitDb(installation).run(data);
            Path access = data.path().resolve("pg_hba.conf");
            files.write(access, "local all all trust\n");
            PostgresServer started =
                    PostgresServer.start(
                            new ServerLaunch(
                                    installation,
                                    data,
                                    FreePorts.one(),
                                    List.of(),
                                    SocketDirectory.prepare(
                                            root.resolve("former").resolve("run"), USER),
                                    Map.of("work_mem", "9MB"),
                                    Map.of(),
                                    log));
            assertThat(started.awaitReady(Await.PATIENCE)).isTrue();
            FormerServer server =
                    FormerServer.in(
                                    new DataDirectory(data.path(), OperatingSystemUser.ourselves()),
                                    installation,
                                    log)
                            .orElseThrow();

            FormerAnswers answers = server.ask();
            assertThat(answers.superuser()).isTrue();
            assertThat(answers.recovering()).isFalse();
            assertThat(answers.settings()).contains(new FormerSetting("work_mem", "9MB", false));
            assertThat(answers.access())
                    .extracting(FormerAccess::text)
                    .containsExactly("local all all trust");
            server.checkpoint();

            files.write(access, "local all all reject\n");
            started.reload();
            Await.until("it takes the new lines", () -> isClosed(server));
            assertThatThrownBy(server::ask)
                    .hasMessageContaining("cannot be asked as the superuser postgres")
                    .hasMessageContaining("HINT: let ");
        } finally {
            new ServerProcesses(data).killAll(Await.PATIENCE);
            files.deleteTree(root);
        }
    }

    private static boolean isClosed(FormerServer server) {
        try {
            server.ask();
            return false;
        } catch (RuntimeException e) {
            return true;
        }
    }
}
