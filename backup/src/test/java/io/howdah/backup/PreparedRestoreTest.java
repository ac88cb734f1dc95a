package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.wal.WalNames;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.process.Command;
import io.howdah.testing.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PreparedRestoreTest {

    private static final String OLD = "2001-01-01 00:00:00+00";

    private final BackupRoom room = new BackupRoom();

    @AfterEach
    void close() {
        room.close();
    }

    /// The server that was backed up had been restored by hand once, to a time of then; and its
    /// archive knows a second timeline, which nobody follows here.
    @Test
    void firstStartGoesToTheTargetThatWasNamedOnATimelineOfItsOwn() throws IOException {
        try (var server = room.server("primary", "auto")) {
            server.execute(
                    "create table t (n int)",
                    "alter system set recovery_target_time = '" + OLD + "'",
                    "alter system set recovery_target_inclusive = off",
                    "alter system set recovery_min_apply_delay = '6h'");
            Files.writeString(
                    server.data().path().resolve("postgresql.conf"),
                    "\nrecovery_target_time = '" + OLD + "'\n",
                    StandardOpenOption.APPEND);
            room.take(server);
            server.execute("insert into t values (1)", "select pg_create_restore_point('one')");
            String fork = server.value("select pg_current_wal_lsn()");
            server.execute("insert into t values (2)");
            room.archive(server);
            PutOutcome _ =
                    room.store()
                            .put(
                                    new WalNames(server.data().controlData().systemId())
                                            .history(new TimelineId(2)),
                                    Content.of(
                                            ("1\t" + fork + "\tno reason\n")
                                                    .getBytes(StandardCharsets.UTF_8)),
                                    PutMode.IF_ABSENT);
        }
        Path directory = room.directory("newest");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        room.restore(prepared("newest", new RestoreTarget.Latest()));
        assertThat(setting("newest", "recovery_target_time")).isEmpty();
        assertThat(setting("newest", "recovery_target_inclusive")).isEqualTo("on");
        assertThat(setting("newest", "recovery_min_apply_delay")).isEqualTo("0");
        try (var copy = room.start("newest", "auto")) {
            Await.until("promoted", () -> copy.value("pg_is_in_recovery()").equals("false"));
            assertThat(copy.value("select count(*) from t")).isEqualTo("2");
            assertThat(copy.value("select pg_walfile_name(pg_current_wal_lsn())"))
                    .as("the timeline 2 is another's")
                    .startsWith("00000003");
        }
        room.restore(prepared("named", new RestoreTarget.Name("one")));
        assertThat(setting("named", "recovery_target_name")).isEqualTo("one");
        assertThat(setting("named", "recovery_target_time")).isEmpty();
    }

    private RestoreRequest prepared(String name, RestoreTarget target) {
        return new RestoreRequest(
                room.path(name),
                target,
                Optional.empty(),
                Optional.of(TimelineId.FIRST),
                Map.of(),
                RestoreRequest.Ending.PREPARED,
                false,
                2);
    }

    /// What PostgreSQL itself makes of the files.
    private String setting(String name, String setting) {
        Command.Result result =
                Command.run(
                        TestPostgres.USER.command(
                                List.of(
                                        TestPostgres.INSTALLATIONS
                                                .choose("auto")
                                                .requireTool("postgres")
                                                .toString(),
                                        "-D",
                                        room.path(name).toString(),
                                        "-C",
                                        setting)),
                        Map.of("PATH", OperatingSystemUser.PATH),
                        Duration.ofMinutes(1));
        assertThat(result.succeeded()).as("%s", result.output()).isTrue();
        return result.output().strip();
    }
}
