package io.howdah.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Base backups as no healthy server sends them.
class BaseBackupScriptTest {

    private static final byte[] CONTENT = "abc".getBytes(StandardCharsets.UTF_8);

    @TempDir private Path home = Path.of("");

    @Test
    void soundCopyIsAccepted() {
        BaseBackupResult result =
                run(script -> {
                    header(script);
                    copy(script, archive(), manifest(CONTENT, 1));
                    trailer(script);
                    finish(script);
                });
        assertThat(result.files()).isEqualTo(1);
        assertThat(result.bytes()).isEqualTo(3);
        assertThat(home.resolve("copy/PG_VERSION")).hasContent("abc");
        assertThat(home.resolve("copy/backup_manifest")).exists();
        assertThat(home.resolve("copy/backup_manifest.tmp")).doesNotExist();
    }

    @Test
    void errorAfterAllElseIsStillAFailure() {
        assertThatThrownBy(() ->
                        run(script -> {
                            header(script);
                            copy(script, archive(), manifest(CONTENT, 1));
                            trailer(script);
                            script.error("ERROR", "XX001", "checksum failures");
                            script.ready();
                        }))
                .isInstanceOfSatisfying(
                        PostgresServerException.class,
                        e -> assertThat(e.sqlState()).isEqualTo("XX001"));
        assertThat(home.resolve("copy/backup_manifest")).doesNotExist();
    }

    @Test
    void errorBeforeTheStreamLeavesTheConnectionUsable() {
        try (ScriptedServer server =
                        new ScriptedServer(script -> {
                            script.admit();
                            identify(script);
                            script.read();
                            script.error("ERROR", "55000", "not now");
                            script.ready();
                            identify(script);
                            script.readToEnd();
                        });
                ReplicationConnection replication = ReplicationConnection.open(server.settings())) {
            assertThatThrownBy(() -> copyWith(replication))
                    .isInstanceOf(PostgresServerException.class)
                    .hasMessageContaining("not now");
            assertThat(replication.identifySystem().timeline().value()).isEqualTo(1);
        }
        assertThat(home.resolve("copy")).isEmptyDirectory();
    }

    @Test
    void changedContentIsFound() {
        assertFails(
                script ->
                        copy(
                                script,
                                archive(),
                                manifest("abd".getBytes(StandardCharsets.UTF_8), 1)),
                "the copy is not what its manifest says: PG_VERSION has the checksum");
    }

    @Test
    void missingFileIsFound() {
        assertFails(
                script -> copy(script, new TarArchive().finished(), manifest(CONTENT, 1)),
                "PG_VERSION is missing");
    }

    @Test
    void manifestOfAnotherSystemIsFound() {
        assertFails(
                script -> copy(script, archive(), manifest(CONTENT, 2)),
                "the manifest is of the system 2, the server is 1");
    }

    @Test
    void missingPartsAreFound() {
        assertFails(script -> archive(script, "base.tar", archive()), "no manifest");
        assertFails(script -> part(script, 'm', new byte[0]), "no base.tar");
        assertFails(
                script -> archive(script, "base.tar", new TarArchive().unfinished()),
                "base.tar ends in the middle");
    }

    @Test
    void unknownPartsAreRefused() {
        assertFails(script -> archive(script, "16384.tar", archive()), "was not announced");
        assertFails(script -> archive(script, "../x.tar", archive()), "unknown archive '../x.tar'");
        assertFails(script -> part(script, 'd', CONTENT), "before its first archive");
        assertFails(script -> part(script, 'x', CONTENT), "a part of type 'x'");
        assertFails(
                script -> {
                    part(script, 'm', new byte[0]);
                    part(script, 'm', new byte[0]);
                },
                "two manifests");
    }

    private void assertFails(ScriptedServer.Script parts, String reason) {
        TestFiles.delete(home.resolve("copy"));
        assertThatThrownBy(() ->
                        run(script -> {
                            header(script);
                            parts.play(script);
                            trailer(script);
                            finish(script);
                        }))
                .isInstanceOf(WireException.class)
                .hasMessageContaining(reason);
        assertThat(home.resolve("copy/backup_manifest")).doesNotExist();
    }

    private BaseBackupResult run(ScriptedServer.Script answer) {
        try (ScriptedServer server =
                        new ScriptedServer(script -> {
                            script.admit();
                            identify(script);
                            script.read();
                            answer.play(script);
                            script.readToEnd();
                        });
                ReplicationConnection replication = ReplicationConnection.open(server.settings())) {
            return copyWith(replication);
        }
    }

    private BaseBackupResult copyWith(ReplicationConnection replication) {
        return replication.baseBackup(
                BaseBackupRequest.labelled("x"), home.resolve("copy"), BaseBackupListener.NONE);
    }

    private static void identify(ScriptedServer script) throws IOException {
        script.read();
        script.columns("systemid", "timeline", "xlogpos", "dbname");
        script.row("1", "1", "0/1", "");
        script.complete("IDENTIFY_SYSTEM");
        script.ready();
    }

    private static void header(ScriptedServer script) throws IOException {
        script.notice("checkpoint");
        script.columns("recptr", "tli");
        script.row("0/2000028", "1");
        script.complete("SELECT");
        script.columns("spcoid", "spclocation", "size");
        script.row("", "", "1");
        script.complete("SELECT");
        script.notice("here it comes");
        script.send('H', body -> body.write(new byte[3]));
    }

    private static void copy(ScriptedServer script, byte[] archive, String manifest)
            throws IOException {
        archive(script, "base.tar", archive);
        script.notice("half of it");
        part(script, 'p', new byte[8]);
        part(script, 'm', new byte[0]);
        part(script, 'd', manifest.getBytes(StandardCharsets.UTF_8));
    }

    private static void archive(ScriptedServer script, String name, byte[] archive)
            throws IOException {
        part(script, 'n', (name + "\0\0").getBytes(StandardCharsets.UTF_8));
        part(script, 'd', archive);
    }

    private static void part(ScriptedServer script, char kind, byte[] content) throws IOException {
        script.send(
                'd',
                body -> {
                    body.writeByte(kind);
                    body.write(content);
                });
    }

    private static void trailer(ScriptedServer script) throws IOException {
        script.send('c', body -> {});
        script.columns("recptr", "tli");
        script.row("0/2000138", "1");
        script.complete("SELECT");
    }

    private static void finish(ScriptedServer script) throws IOException {
        script.complete("BASE_BACKUP");
        script.ready();
    }

    private static byte[] archive() {
        return new TarArchive().file("PG_VERSION", CONTENT).finished();
    }

    private static String manifest(byte[] content, long systemId) {
        FileChecksum checksum = FileChecksum.of(BaseBackupRequest.ManifestChecksums.CRC32C);
        checksum.update(ByteBuffer.wrap(content));
        String body =
                "{ \"PostgreSQL-Backup-Manifest-Version\": 2,\n\"System-Identifier\": "
                        + systemId
                        + ",\n\"Files\": [\n{ \"Path\": \"PG_VERSION\", \"Size\": 3,"
                        + " \"Checksum-Algorithm\": \"CRC32C\", \"Checksum\": \""
                        + HexFormat.of().formatHex(checksum.finish())
                        + "\" }\n],\n\"WAL-Ranges\": [\n{ \"Timeline\": 1, \"Start-LSN\":"
                        + " \"0/2000028\", \"End-LSN\": \"0/2000138\" }\n],\n";
        byte[] digest = FileChecksum.sha256().digest(body.getBytes(StandardCharsets.UTF_8));
        return body + "\"Manifest-Checksum\": \"" + HexFormat.of().formatHex(digest) + "\"}\n";
    }
}
