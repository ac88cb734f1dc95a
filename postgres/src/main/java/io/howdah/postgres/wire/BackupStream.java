package io.howdah.postgres.wire;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Receives what BASE_BACKUP sends: two results that announce, one COPY with archives and the
/// manifest, one result that ends (PostgreSQL, "Streaming Replication Protocol"). Success is only
/// the server's final readiness: an error may come after all else. For one thread, once.
final class BackupStream {

    private static final int MOST_TABLESPACES = 10_000;
    private static final Pattern TABLESPACE_ARCHIVE = Pattern.compile("([0-9]{1,10})\\.tar");

    private final Wire wire;
    private final BaseBackupRequest request;
    private final Path target;
    private final ReceivedFiles received;
    private final FileChecksum checksum;
    private final DiskSync sync;
    private final Path manifestFile;
    private final Set<Path> directories = new LinkedHashSet<>();

    private Lsn start = Lsn.ZERO;
    private Lsn end = Lsn.ZERO;
    private TimelineId timeline = TimelineId.FIRST;
    private TablespacePlaces places;
    private @Nullable TarReader archive;
    private @Nullable BackupDirectory directory;
    private boolean hasBase;
    private @Nullable FileChannel manifest;

    BackupStream(
            Wire wire,
            BaseBackupRequest request,
            Path target,
            ReceivedFiles received,
            FileChecksum checksum,
            DiskSync sync,
            Path manifestFile) {
        this.wire = wire;
        this.request = request;
        this.target = target;
        this.received = received;
        this.checksum = checksum;
        this.sync = sync;
        this.manifestFile = manifestFile;
        this.places = new TablespacePlaces(target, Map.of(), Map.of());
    }

    Lsn start() {
        return start;
    }

    Lsn end() {
        return end;
    }

    TimelineId timeline() {
        return timeline;
    }

    TablespacePlaces places() {
        return places;
    }

    /// All directories that were filled.
    Set<Path> directories() {
        return directories;
    }

    /// Runs the command up to the server's readiness.
    void receive(String command, BaseBackupListener listener) throws IOException {
        wire.writer().begin('Q').writeText(command).end();
        wire.send();
        Row startRow = result().single();
        start = startRow.lsn("recptr");
        timeline = ReplicationConnection.timeline(startRow.longValue("tli"));
        BackupProgress progress = new BackupProgress(listener, announced(result()));
        expect('H');
        try {
            copy(progress);
        } finally {
            closeDirectory();
            closeManifest();
        }
        end = result().single().lsn("recptr");
        expect('C');
        expect('Z');
        wire.ready();
        progress.finish();
    }

    /// Takes note of the tablespaces, and returns the estimate of the whole in bytes.
    private long announced(Rows rows) {
        Map<Long, String> locations = new LinkedHashMap<>();
        long kilobytes = 0;
        for (Row row : rows) {
            kilobytes += Math.max(0, row.optionalLong("size").orElse(0));
            if (!row.isNull("spcoid")) {
                locations.put(row.longValue("spcoid"), row.text("spclocation"));
            }
        }
        places = TablespacePlaces.decide(target, locations, request.tablespaces());
        return kilobytes * 1024;
    }

    private void copy(BackupProgress progress) throws IOException {
        while (true) {
            char type = wire.receiveOrFail();
            if (type == 'c') {
                break;
            }
            if (type != 'd') {
                throw unexpected(type);
            }
            accept(wire.body(), progress);
        }
        endArchive();
        if (!hasBase || manifest == null) {
            throw new BaseBackupException(
                    "the server sent no " + (hasBase ? "manifest" : "base.tar"));
        }
    }

    private void accept(MessageBody message, BackupProgress progress) throws IOException {
        char kind = (char) message.readByte();
        switch (kind) {
            case 'd' -> {
                progress.received(message.remaining());
                acceptContent(message.rest());
            }
            case 'n' -> beginArchive(message.readText());
            case 'm' -> {
                endArchive();
                openManifest();
            }
            // The server's own count; ours is as good.
            case 'p' -> progress.tick();
            default ->
                    throw new ProtocolException(
                            "a base backup holds a part of type " + MessageReader.describe(kind));
        }
    }

    private void acceptContent(ByteBuffer content) {
        if (manifest != null) {
            try {
                while (content.hasRemaining()) {
                    manifest.write(content);
                }
            } catch (IOException e) {
                throw cannotWriteManifest(e);
            }
        } else if (archive != null) {
            archive.accept(content);
        } else {
            throw new ProtocolException("a base backup holds data before its first archive");
        }
    }

    private void beginArchive(String name) {
        endArchive();
        if (manifest != null) {
            throw new ProtocolException("a base backup goes on after its manifest");
        }
        BackupDirectory next;
        Matcher tablespace = TABLESPACE_ARCHIVE.matcher(name);
        if (name.equals("base.tar")) {
            hasBase = true;
            next = directory(target, "", places.linkTargets());
        } else if (tablespace.matches()) {
            long oid = Long.parseLong(tablespace.group(1));
            Path place = places.byOid().get(oid);
            if (place == null) {
                throw new ProtocolException("the archive " + name + " was not announced");
            }
            next = directory(place, "pg_tblspc/" + oid + "/", Map.of());
        } else {
            throw new ProtocolException("a base backup holds an unknown archive '" + name + "'");
        }
        directory = next;
        archive = new TarReader(name, next);
    }

    private BackupDirectory directory(Path root, String prefix, Map<String, Path> links) {
        return new BackupDirectory(root, prefix, links, received, checksum, sync);
    }

    private void endArchive() {
        if (archive != null) {
            archive.finish();
            archive = null;
            closeDirectory();
        }
    }

    /// Only now, so that a refusal by the server leaves nothing behind.
    private void openManifest() {
        if (manifest != null) {
            throw new ProtocolException("a base backup holds two manifests");
        }
        try {
            manifest = BackupDirectory.create(manifestFile);
        } catch (IOException e) {
            throw cannotWriteManifest(e);
        }
    }

    private void closeManifest() {
        if (manifest != null) {
            sync.flushAndClose(manifest);
        }
    }

    private BaseBackupException cannotWriteManifest(IOException e) {
        return new BaseBackupException("cannot write " + manifestFile + ": " + e, e);
    }

    private void closeDirectory() {
        BackupDirectory ended = directory;
        if (ended != null) {
            directory = null;
            directories.addAll(ended.directories());
            ended.close();
        }
    }

    private Rows result() throws IOException {
        expect('T');
        return Statement.readResult(wire, MOST_TABLESPACES);
    }

    private void expect(char expected) throws IOException {
        char type = wire.receiveOrFail();
        if (type != expected) {
            throw unexpected(type);
        }
    }

    private static ProtocolException unexpected(char type) {
        return new ProtocolException(
                "a base backup holds a message of type "
                        + MessageReader.describe(type)
                        + " where none belongs");
    }
}
