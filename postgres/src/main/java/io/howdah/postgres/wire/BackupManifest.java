package io.howdah.postgres.wire;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/// A backup manifest: the server's list of what a backup consists of (PostgreSQL, "Backup Manifest
/// Format"). The files are not kept but handed on one by one, so that its size does not matter.
///
/// @param version 1, or 2 from PostgreSQL 17 on
/// @param systemId the server's identity; null in version 1
/// @param walRanges the WAL that the backup needs
record BackupManifest(int version, @Nullable SystemId systemId, List<WalRange> walRanges) {

    /// A file of the backup.
    ///
    /// @param path relative to the data directory, with slashes
    /// @param algorithm the kind of its checksum, as in `CRC32C`
    /// @param checksum hexadecimal
    record FileEntry(String path, long sizeBytes, String algorithm, String checksum) {}

    /// WAL that the backup needs.
    record WalRange(TimelineId timeline, Lsn start, Lsn end) {}

    private static final int LONGEST_TEXT = 16 * 1024;

    /// The last line is short: a name and 64 digits.
    private static final int LAST_LINE_BYTES = 512;

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(8)
                                    .maxStringLength(LONGEST_TEXT)
                                    .maxNameLength(LONGEST_TEXT)
                                    .build())
                    .build();

    BackupManifest {
        walRanges = List.copyOf(walRanges);
    }

    Optional<SystemId> system() {
        return Optional.ofNullable(systemId);
    }

    /// Checks a manifest's own checksum and reads it.
    ///
    /// @throws BaseBackupException when it is damaged in whatever way
    static BackupManifest read(Path file, Consumer<FileEntry> files) {
        try {
            checkOwnChecksum(file);
            try (InputStream input = Files.newInputStream(file);
                    JsonParser parser = JSON.createParser(ObjectReadContext.empty(), input)) {
                return new Parser(parser, files).manifest();
            }
        } catch (IOException e) {
            throw new BaseBackupException("cannot read the backup manifest " + file, e);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new BaseBackupException(
                    "the backup manifest " + file + " is damaged: " + firstLine(e), e);
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /// The last line holds the SHA-256 of all bytes before it.
    private static void checkOwnChecksum(Path file) throws IOException {
        String lastLine;
        long lastLineStart;
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "r")) {
            int tailBytes = (int) Math.min(LAST_LINE_BYTES, access.length());
            byte[] tail = new byte[tailBytes];
            access.seek(access.length() - tailBytes);
            access.readFully(tail);
            String text = new String(tail, StandardCharsets.ISO_8859_1);
            int start = text.endsWith("\n") ? text.lastIndexOf('\n', text.length() - 2) + 1 : 0;
            if (start == 0) {
                throw new IllegalArgumentException("its last line is missing");
            }
            lastLine = text.substring(start);
            lastLineStart = access.length() - tailBytes + start;
        }
        String expected = ownChecksum(lastLine);
        String actual = HexFormat.of().formatHex(sha256(file, lastLineStart));
        if (!expected.equals(actual)) {
            throw new IllegalArgumentException(
                    "its own checksum is " + actual + ", it says " + expected);
        }
    }

    private static String ownChecksum(String lastLine) {
        String start = "\"Manifest-Checksum\": \"";
        String end = "\"}\n";
        if (!lastLine.startsWith(start) || !lastLine.endsWith(end)) {
            throw new IllegalArgumentException("its last line is not its checksum");
        }
        return lastLine.substring(start.length(), lastLine.length() - end.length());
    }

    private static byte[] sha256(Path file, long bytes) throws IOException {
        MessageDigest digest = FileChecksum.sha256();
        byte[] buffer = new byte[64 * 1024];
        try (InputStream input = Files.newInputStream(file)) {
            long left = bytes;
            while (left > 0) {
                int read = input.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    throw new IOException("the file became shorter while it was read");
                }
                digest.update(buffer, 0, read);
                left -= read;
            }
        }
        return digest.digest();
    }

    /// Reads the JSON. Members that it does not know are passed over.
    private static final class Parser {

        private final JsonParser json;
        private final Consumer<FileEntry> files;

        Parser(JsonParser json, Consumer<FileEntry> files) {
            this.json = json;
            this.files = files;
        }

        BackupManifest manifest() {
            int version = 0;
            SystemId systemId = null;
            List<WalRange> ranges = new ArrayList<>();
            boolean hasFiles = false;
            expect(json.nextToken(), JsonToken.START_OBJECT);
            for (String name = name(); name != null; name = name()) {
                switch (name) {
                    case "PostgreSQL-Backup-Manifest-Version" -> version = (int) number();
                    case "System-Identifier" -> systemId = SystemId.parse(json.getString());
                    case "Files" -> {
                        hasFiles = true;
                        array(() -> files.accept(file()));
                    }
                    case "WAL-Ranges" -> array(() -> ranges.add(range()));
                    default -> json.skipChildren();
                }
            }
            if (version < 1 || version > 2 || !hasFiles) {
                throw new IllegalArgumentException(
                        hasFiles ? "its version " + version + " is unknown" : "it lists no files");
            }
            return new BackupManifest(version, systemId, ranges);
        }

        private FileEntry file() {
            String path = null;
            long sizeBytes = -1;
            String algorithm = "";
            String checksum = "";
            for (String name = name(); name != null; name = name()) {
                switch (name) {
                    case "Path" -> path = text();
                    case "Encoded-Path" ->
                            path =
                                    new String(
                                            HexFormat.of().parseHex(text()),
                                            StandardCharsets.UTF_8);
                    case "Size" -> sizeBytes = number();
                    case "Checksum-Algorithm" -> algorithm = text();
                    case "Checksum" -> checksum = text();
                    default -> json.skipChildren();
                }
            }
            if (path == null || sizeBytes < 0) {
                throw new IllegalArgumentException("a file has no path or no size");
            }
            return new FileEntry(path, sizeBytes, algorithm, checksum);
        }

        private WalRange range() {
            long timeline = 0;
            Lsn start = null;
            Lsn end = null;
            for (String name = name(); name != null; name = name()) {
                switch (name) {
                    case "Timeline" -> timeline = number();
                    case "Start-LSN" -> start = Lsn.parse(text());
                    case "End-LSN" -> end = Lsn.parse(text());
                    default -> json.skipChildren();
                }
            }
            if (start == null || end == null) {
                throw new IllegalArgumentException("a range of WAL has no start or no end");
            }
            return new WalRange(new TimelineId(timeline), start, end);
        }

        /// The next member's name, with the parser on its value; null at the object's end.
        private @Nullable String name() {
            String name = json.nextName();
            if (name == null) {
                expect(json.currentToken(), JsonToken.END_OBJECT);
                return null;
            }
            json.nextToken();
            return name;
        }

        private void array(Runnable element) {
            expect(json.currentToken(), JsonToken.START_ARRAY);
            while (json.nextToken() != JsonToken.END_ARRAY) {
                expect(json.currentToken(), JsonToken.START_OBJECT);
                element.run();
            }
        }

        private String text() {
            expect(json.currentToken(), JsonToken.VALUE_STRING);
            return json.getString();
        }

        private long number() {
            expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT);
            return json.getLongValue();
        }

        private static void expect(@Nullable JsonToken token, JsonToken expected) {
            if (token != expected) {
                throw new IllegalArgumentException("found " + token + " instead of " + expected);
            }
        }
    }
}
