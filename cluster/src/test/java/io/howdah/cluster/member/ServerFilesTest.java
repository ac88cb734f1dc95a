package io.howdah.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerFilesTest {

    private static final String LINE = "host all all 10.0.0.0/8 scram-sha-256";

    @TempDir private Path directory = Path.of("/nowhere");

    @Test
    void newSettingsLeaveDoorsAndNamesAsTheyAre() throws IOException {
        ServerFiles files = written();
        files.configure(Map.of("work_mem", "64MB"), List.of(LINE));
        files.rewrite();
        assertThat(files.isOpen()).isFalse();
        assertThat(hba()).doesNotContain(LINE);
        assertThat(configuration())
                .contains("work_mem = '64MB'")
                .contains("synchronous_standby_names = ''");

        files.writeAccess(true);
        files.writeNames(new InForce.Nobody(), Epoch.NONE);
        files.configure(Map.of(), List.of(LINE));
        files.rewrite();
        assertThat(files.isOpen()).isTrue();
        assertThat(hba()).contains(LINE);
        assertThat(configuration())
                .doesNotContain("work_mem = '64MB'")
                .contains("synchronous_standby_names = '" + ServerFiles.NOBODY + "'");
    }

    /// An agent that was restarted has written nothing yet: the names are those in the file.
    @Test
    void anotherAgentsNamesAreKeptToo() throws IOException {
        ServerFiles files = written();
        files.writeNames(new InForce.Nobody(), Epoch.NONE);
        files.writeAccess(true);
        ServerFiles restarted = serverFiles();
        restarted.configure(Map.of("work_mem", "64MB"), List.of(LINE));
        restarted.rewrite();
        assertThat(restarted.isOpen()).isTrue();
        assertThat(configuration())
                .contains("synchronous_standby_names = '" + ServerFiles.NOBODY + "'");
    }

    @Test
    void aStandbyHasNoLessThanItsPrimaryHad() throws IOException {
        ServerFiles files = written();
        files.configure(Map.of("max_connections", "100"), List.of());
        files.bound(Map.of("max_connections", 300, "max_wal_senders", 5), Map.of());
        files.rewrite();
        assertThat(configuration())
                .contains("max_connections = '300'")
                .contains("max_wal_senders = '20'");
        assertThat(files.held())
                .containsExactly(new PendingSetting("max_connections", "300", "100"));
    }

    @Test
    void aPrimaryIsNotRaisedAboveItsStandbysByItsOwnRestart() throws IOException {
        ServerFiles files = written();
        files.configure(Map.of("max_connections", "300"), List.of());
        files.bound(Map.of(), Map.of("max_connections", 200, "max_wal_senders", 20));
        files.rewrite();
        assertThat(configuration()).contains("max_connections = '200'");
        assertThat(files.held())
                .containsExactly(new PendingSetting("max_connections", "200", "300"));

        files.bound(Map.of(), Map.of());
        files.rewrite();
        assertThat(configuration()).contains("max_connections = '300'");
        assertThat(files.held()).isEmpty();
    }

    @Test
    void whoHasNobodyToFollowRestsLongerBetweenAttempts() throws IOException {
        ServerFiles files = written();
        files.configure(Map.of("wal_retrieve_retry_interval", "300ms"), List.of());
        files.rewrite();
        files.looksForNobody(true);
        assertThat(files.refresh()).as("has the server read it anew").isTrue();
        assertThat(configuration()).contains("wal_retrieve_retry_interval = '2s'");
        assertThat(files.refresh()).isFalse();

        files.looksForNobody(false);
        assertThat(files.refresh()).isTrue();
        assertThat(configuration()).contains("wal_retrieve_retry_interval = '300ms'");
        assertThat(files.refresh()).isFalse();
    }

    @Test
    void aSettingThatIsNotAllowedChangesNothing() throws IOException {
        ServerFiles files = written();
        String before = configuration();
        assertThatThrownBy(() -> files.configure(Map.of("fsync", "off"), List.of(LINE)))
                .isInstanceOf(PostgresException.class);
        files.rewrite();
        assertThat(configuration()).isEqualTo(before);
    }

    private String configuration() throws IOException {
        return Files.readString(directory.resolve("postgresql.conf"));
    }

    private String hba() throws IOException {
        return Files.readString(directory.resolve("pg_hba.conf"));
    }

    private ServerFiles written() {
        ServerFiles files = serverFiles();
        files.write(false, new InForce.Alone(), Epoch.NONE);
        return files;
    }

    private ServerFiles serverFiles() {
        OperatingSystemUser owner = OperatingSystemUser.ourselves();
        return new ServerFiles(
                SettingsCheckTest.settings(new Installations(owner).choose("auto"), directory),
                directory,
                owner);
    }
}
