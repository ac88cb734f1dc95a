package io.howdah.backup.take;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.BackupException;
import io.howdah.backup.manifest.ManifestLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceTreeTest {

    @TempDir private Path directory;

    private final List<String> found = new ArrayList<>();
    private final List<String> links = new ArrayList<>();

    @BeforeEach
    void begin() throws IOException {
        for (String each : List.of("base/1", "conf.d", "pg_tblspc", "pg_wal")) {
            Files.createDirectories(data().resolve(each));
        }
        Files.writeString(data().resolve("base/1/1"), "");
        Files.createDirectories(directory.resolve("elsewhere/PG_18_1/1"));
        Files.writeString(directory.resolve("elsewhere/file"), "");
    }

    @Test
    void linksThatABackupDoesWithoutAreToldAndThoseOfTablespacesFollowed() throws IOException {
        link("postgresql.conf", "elsewhere/file");
        link("conf.d/more.conf", "elsewhere/file");
        link("pg_stat_tmp", "elsewhere");
        link("pg_tblspc/16384", "elsewhere");
        walk();
        assertThat(links).containsExactly("conf.d/more.conf", "postgresql.conf");
        assertThat(found)
                .contains("base/1/1", "pg_stat_tmp", "pg_tblspc/16384/PG_18_1/1", "pg_wal")
                .doesNotContain("pg_stat_tmp/file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"global", "pg_xact", "base/1/2", "base/16385", "pg_tblspc/16384"})
    void dataBehindALinkIsNotLeftOutSilently(String name) throws IOException {
        link(name, name.startsWith("pg_tblspc") ? "not-mounted" : "elsewhere");
        assertThatThrownBy(this::walk)
                .isInstanceOf(BackupException.class)
                .hasMessageContaining(name + " is a link to ")
                .hasMessageContaining("HINT: ");
    }

    private void walk() {
        var tree = new SourceTree(data(), 18);
        tree.walk(
                tree.tablespaces(),
                new SourceTree.Visitor() {
                    @Override
                    public void directory(ManifestLine.Directory directory) {
                        found.add(directory.path());
                    }

                    @Override
                    public void file(ManifestLine.File file, Path path) {
                        found.add(file.path());
                    }

                    @Override
                    public void link(String name) {
                        links.add(name);
                    }
                });
    }

    private void link(String name, String target) throws IOException {
        Files.createSymbolicLink(data().resolve(name), directory.resolve(target));
    }

    private Path data() {
        return directory.resolve("data");
    }
}
