package io.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

@NullMarked
class InstallationsTest {

    private final Installations installations = new Installations(TestInstallations.USER);

    @Test
    void installedOnesAreSupportedAndNewestFirst() {
        List<Installation> installed = installations.installed();
        assertThat(installed).allMatch(each -> each.version().isSupported());
        assertThat(installed)
                .extracting(Installation::version)
                .isSortedAccordingTo((a, b) -> b.compareTo(a));
    }

    @Test
    void autoPrefersAnInstalledOne() {
        Installation chosen = installations.choose("auto");
        assertThat(chosen.embedded()).isEqualTo(installations.installed().isEmpty());
    }

    @Test
    void theEmbeddedOneSaysWhatItLacks() {
        Installation embedded = installations.choose("embedded");
        assertThat(embedded.version().major()).isEqualTo(18);
        assertThat(embedded.tool("initdb")).isPresent();
        assertThat(embedded.tool("pg_rewind")).isEmpty();
        assertThat(embedded.hasLibrary("pg_stat_statements")).isTrue();
        assertThat(embedded.hasLibrary("auto_explain")).isTrue();
        assertThat(embedded.hasExtension("pg_stat_statements")).isTrue();
        assertThat(embedded.hasLibrary("no_such_library")).isFalse();
        assertThatThrownBy(() -> embedded.requireTool("psql"))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("HINT: ");
    }

    @Test
    void twoThreadsUnpackOnce() throws Exception {
        try (TestDirectory directory = new TestDirectory();
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Path cache = directory.path().resolve("cache");
            List<Future<Installation>> found = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                found.add(
                        threads.submit(
                                () -> new Installations(TestInstallations.USER, cache).embedded()));
            }
            Set<Installation> distinct = new HashSet<>();
            for (Future<Installation> each : found) {
                distinct.add(each.get(120, TimeUnit.SECONDS));
            }
            assertThat(distinct).hasSize(1);
            try (var left = Files.list(cache)) {
                assertThat(left).noneMatch(path -> path.toString().endsWith(".unpacking"));
            }
        }
    }

    @Test
    void aPathWithoutPostgresIsRefusedWithAHint() {
        assertThatThrownBy(() -> installations.choose("/usr/share"))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("there is no PostgreSQL server in /usr/share")
                .hasMessageContaining("\nHINT: ");
    }

    @Test
    void anInstallationIsFoundByItsHomeOrItsBin() {
        for (Installation installation : installations.installed()) {
            Path bin = installation.binDirectory();
            assertThat(installations.choose(bin.toString())).isEqualTo(installation);
            assertThat(installations.choose(bin.resolve("..").toString())).isEqualTo(installation);
        }
    }

    /// Somebody installs a newer PostgreSQL beside the one that a database is of.
    @Test
    void aDatabaseIsRunByTheVersionThatItIsOf() throws Exception {
        try (TestDirectory directory = new TestDirectory()) {
            Path path = directory.path().resolve("data");
            DataDirectory data = new DataDirectory(path, TestInstallations.USER);
            Installation newest = installations.choose("auto");
            assertThat(installations.chooseFor(data)).isEqualTo(newest);
            Files.createDirectory(path);
            for (int major : List.of(newest.version().major(), 18)) {
                Files.writeString(path.resolve("PG_VERSION"), major + "\n");
                assertThat(installations.chooseFor(data).version().major()).isEqualTo(major);
            }
            for (String other : List.of("14\n", "damaged")) {
                Files.writeString(path.resolve("PG_VERSION"), other);
                assertThat(installations.chooseFor(data)).isEqualTo(newest);
            }
        }
    }

    @Test
    void rootsCacheLiesOutsideOfItsHome() {
        OperatingSystemUser root = new OperatingSystemUser("root", 0, 0, Set.of(0L), false);
        OperatingSystemUser user = new OperatingSystemUser("ann", 1000, 1000, Set.of(), false);
        Map<String, String> environment = Map.of("XDG_CACHE_HOME", "/home/ann/.cached");
        assertThat(Installations.defaultCache(environment, root))
                .isEqualTo(Path.of("/var/cache/howdah"));
        assertThat(Installations.defaultCache(environment, user))
                .isEqualTo(Path.of("/home/ann/.cached/howdah"));
    }
}
