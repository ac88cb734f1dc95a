package io.howdah.postgres.wire;

import io.howdah.postgres.PostgresVersion;
import io.howdah.postgres.SystemId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// A base backup from beginning to end: asks for it, has it received, compares it with its manifest
/// and flushes it. The manifest gets its name last, so a directory with a file `backup_manifest` is
/// a complete copy.
final class BaseBackup {

    private final Wire wire;
    private final BaseBackupRequest request;
    private final Path target;
    private final BaseBackupListener listener;
    private final FileChecksum checksum;
    private final ReceivedFiles received;

    BaseBackup(Wire wire, BaseBackupRequest request, Path target, BaseBackupListener listener) {
        this.wire = wire;
        this.request = request;
        this.target = target.toAbsolutePath();
        this.listener = listener;
        this.checksum = FileChecksum.of(request.checksums());
        this.received = new ReceivedFiles(checksum.algorithm());
    }

    BaseBackupResult run() {
        PostgresVersion version = PostgresConnection.serverVersion(wire);
        if (version.major() < PostgresVersion.OLDEST_SUPPORTED_MAJOR) {
            throw new BaseBackupException(
                    "the server is PostgreSQL "
                            + version
                            + ", a base backup needs "
                            + PostgresVersion.OLDEST_SUPPORTED_MAJOR
                            + " or later");
        }
        BackupDirectory.prepare(
                target, "the copy", "name another directory, or empty this one if nobody needs it");
        try (DiskSync sync = new DiskSync()) {
            return copy(sync);
        } catch (BaseBackupException e) {
            throw e.leaving(target);
        }
    }

    private BaseBackupResult copy(DiskSync sync) {
        Path unchecked = target.resolve("backup_manifest.tmp");
        BackupStream stream =
                new BackupStream(wire, request, target, received, checksum, sync, unchecked);
        SystemId systemId =
                wire.call(
                        request.silenceLimit(),
                        "a base backup",
                        () -> {
                            SystemId identity = identity();
                            stream.receive(command(), listener);
                            return identity;
                        });
        check(unchecked, systemId, stream);
        try {
            sync.await();
            Files.move(
                    unchecked, target.resolve("backup_manifest"), StandardCopyOption.ATOMIC_MOVE);
            flushDirectories(stream);
        } catch (IOException e) {
            throw new BaseBackupException("cannot flush the copy in " + target + ": " + e, e);
        }
        return new BaseBackupResult(
                stream.start(),
                stream.end(),
                stream.timeline(),
                received.bytes(),
                received.count(),
                stream.places().all());
    }

    private SystemId identity() throws IOException {
        Row row = new Statement(wire).last("IDENTIFY_SYSTEM").single();
        return ReplicationConnection.systemId(row);
    }

    /// Without TABLESPACE_MAP the links in pg_tblspc come as links, and we point them to where the
    /// tablespaces go here. WAIT would wait for the archive, and the copy does not need it.
    private String command() {
        StringBuilder command = new StringBuilder("BASE_BACKUP (LABEL ");
        command.append(new SqlLiteral(request.label()).quotedForReplication());
        command.append(", PROGRESS true, WAIT false");
        command.append(", CHECKPOINT '").append(request.fastCheckpoint() ? "fast" : "spread");
        command.append("', WAL ").append(request.includeWal());
        command.append(", MANIFEST 'yes', MANIFEST_CHECKSUMS '").append(checksum.algorithm());
        command.append('\'');
        request.rateLimit().ifPresent(rate -> command.append(", MAX_RATE ").append(rate));
        return command.append(')').toString();
    }

    private void check(Path manifestFile, SystemId systemId, BackupStream stream) {
        BackupManifest manifest = BackupManifest.read(manifestFile, received::check);
        List<String> problems = received.finish();
        if (!problems.isEmpty()) {
            throw new BaseBackupException(
                    "the copy is not what its manifest says: " + String.join("; ", problems));
        }
        manifest.system()
                .filter(id -> !id.equals(systemId))
                .ifPresent(id -> {
                    throw new BaseBackupException(
                            "the manifest is of the system " + id + ", the server is " + systemId);
                });
        boolean ranged =
                manifest.walRanges().stream()
                        .anyMatch(range -> range.timeline().equals(stream.timeline()));
        if (!ranged) {
            throw new BaseBackupException(
                    "the manifest knows no WAL of timeline " + stream.timeline());
        }
    }

    private void flushDirectories(BackupStream stream) throws IOException {
        Set<Path> directories = new LinkedHashSet<>(stream.directories());
        for (Path place : stream.places().all()) {
            Path parent = place.getParent();
            if (parent != null) {
                directories.add(parent);
            }
        }
        for (Path directory : directories) {
            DiskSync.flushDirectory(directory);
        }
    }
}
