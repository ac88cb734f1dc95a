package io.howdah.cluster.member;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.cluster.state.NodeName;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.Installation;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.ServerAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Real PostgreSQL decides which settings it takes; no server runs.
class SettingsCheckTest {

    private static final OperatingSystemUser OWNER = OperatingSystemUser.forPostgres();
    private static Path directory = Path.of("/nowhere");

    @BeforeAll
    static void makeDirectory() throws IOException {
        // JUnit's own are closed to the user that runs PostgreSQL
        directory = Files.createTempDirectory("howdah-settings");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterAll
    static void removeDirectory() {
        new DurableFiles(OWNER).deleteTree(directory);
    }

    static Stream<Installation> installations() {
        Installations installations = new Installations(OWNER);
        return Stream.concat(
                installations.installed().stream(), Stream.of(installations.embedded()));
    }

    @ParameterizedTest
    @MethodSource("installations")
    void whatPostgresTakesIsAccepted(Installation installation) {
        assertThatCode(() ->
                        check(installation)
                                .check(
                                        Map.of(
                                                "work_mem", "64MB",
                                                "max_connections", "300",
                                                "wal_level", "logical",
                                                "log_min_duration_statement", "1s",
                                                "app.tenant", "none"),
                                        List.of("host all all 10.0.0.0/8 scram-sha-256")))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("installations")
    void whatPostgresRefusesIsRefusedInItsOwnWords(Installation installation) {
        SettingsCheck check = check(installation);
        assertRefused(check, "work_mem", "64MX", "invalid value for parameter \"work_mem\"");
        assertRefused(check, "max_connections", "99999999", "outside the valid range");
        assertRefused(check, "work_men", "64MB", "unrecognized configuration parameter");
        assertRefused(check, "timezone", "Nowhere/Land", "TimeZone");
        assertRefused(check, "wal_compression", "maybe", "wal_compression");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fsync=off",
                "synchronous_commit=off",
                "synchronous_standby_names=*",
                "primary_conninfo=host=elsewhere",
                "restart_after_crash=on"
            })
    void whatSafetyRestsOnIsRefusedWithTheReason(String setting) {
        String[] parts = setting.split("=", 2);
        assertRefused(any(), parts[0], parts[1], "is refused: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no_such_library", "pg_stat_statements,no_such_library"})
    void aLibraryThatIsNotInstalledIsRefusedBecauseNothingWouldStart(String libraries) {
        assertRefused(any(), "shared_preload_libraries", libraries, "no_such_library");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host all all 10.0.0.999/8 scram-sha-256",
                "host all all 10.0.0.0/33 scram-sha-256",
                "host all all fd00::/129 scram-sha-256",
                "host all all 10.0.0.0/8 trust"
            })
    void anAccessLineThatPostgresWouldNotStartWithIsRefused(String line) {
        assertThatThrownBy(() -> any().check(Map.of(), List.of(line)))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("postgres.access")
                .hasMessageContaining("HINT: ");
    }

    private static void assertRefused(
            SettingsCheck check, String name, String value, String reason) {
        assertThatThrownBy(() -> check.check(Map.of(name, value), List.of()))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining(reason)
                .hasMessageContaining("HINT: ")
                .hasMessageNotContaining(directory.toString());
    }

    private static SettingsCheck any() {
        return check(new Installations(OWNER).choose("auto"));
    }

    private static SettingsCheck check(Installation installation) {
        return new SettingsCheck(
                settings(installation, directory),
                directory.resolve("conf"),
                OWNER,
                ConnectionSettings.of(new ServerAddress.UnixSocket(directory, 1), "postgres"));
    }

    static ManagedSettings settings(Installation installation, Path where) {
        return new ManagedSettings(
                new NodeName("n1"),
                "demo",
                installation,
                where,
                "127.0.0.1",
                1,
                3,
                Map.of(),
                List.of(),
                TestMember.SECRETS,
                null,
                () -> Set.of("127.0.0.1"),
                null);
    }
}
