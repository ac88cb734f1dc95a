package io.howdah.backup.manifest;

import com.github.luben.zstd.ZstdInputStream;
import io.howdah.backup.BackupException;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads a manifest line by line. Not thread-safe; to be closed.
public final class ManifestReader implements AutoCloseable {

    private final ObjectStore store;
    private final String folder;
    private final @Nullable ManifestSummary summary;
    private final int mostParts;
    private final MessageDigest digest = ManifestSummary.digest();

    private ManifestText text = new ManifestText();
    private int part;
    private long lineNumber;
    private @Nullable BufferedReader lines;
    private boolean ended;

    private ManifestReader(
            ObjectStore store, String folder, @Nullable ManifestSummary summary, int mostParts) {
        this.store = store;
        this.folder = folder;
        this.summary = summary;
        this.mostParts = mostParts;
    }

    /// A whole manifest: that it is what the backup says of it is checked at its end.
    public static ManifestReader of(ObjectStore store, String folder, ManifestSummary summary) {
        return new ManifestReader(store, folder, summary, Integer.MAX_VALUE);
    }

    /// What an interrupted backup has left of its manifest.
    ///
    /// @param parts how many parts count, at most
    public static ManifestReader ofInterrupted(ObjectStore store, String folder, int parts) {
        return new ManifestReader(store, folder, null, parts);
    }

    /// The next line; empty at the end.
    ///
    /// @throws BackupException when the manifest is damaged or a part of it is missing
    public Optional<ManifestLine> next() {
        while (!ended) {
            BufferedReader current = lines == null ? openPart() : lines;
            if (current == null) {
                return Optional.empty();
            }
            String line = read(current);
            if (line == null) {
                closePart();
                continue;
            }
            Optional<ManifestLine> parsed = parse(line);
            if (parsed.isPresent()) {
                if (parsed.get() instanceof ManifestLine.End) {
                    finish(current);
                }
                return parsed;
            }
        }
        return Optional.empty();
    }

    private @Nullable BufferedReader openPart() {
        if (part >= mostParts) {
            ended = true;
            return null;
        }
        ObjectName name = ManifestWriter.part(folder, part);
        try {
            var stream = new DigestInputStream(store.get(name), digest);
            var opened =
                    new BufferedReader(
                            new InputStreamReader(
                                    new ZstdInputStream(stream), StandardCharsets.US_ASCII));
            lines = opened;
            lineNumber = 0;
            text = new ManifestText();
            String heading = read(opened);
            if (!ManifestText.HEADING.equals(heading)) {
                throw damaged("it begins with '" + heading + "'", null);
            }
            return opened;
        } catch (ObjectMissingException e) {
            if (summary == null) {
                ended = true;
                return null;
            }
            throw e;
        } catch (IOException e) {
            throw damaged(String.valueOf(e.getMessage()), e);
        }
    }

    private @Nullable String read(BufferedReader from) {
        try {
            lineNumber++;
            return from.readLine();
        } catch (IOException e) {
            throw damaged(String.valueOf(e.getMessage()), e);
        }
    }

    private Optional<ManifestLine> parse(String line) {
        try {
            return text.parse(line);
        } catch (IllegalArgumentException e) {
            throw damaged(String.valueOf(e.getMessage()), e);
        }
    }

    private void finish(BufferedReader current) {
        ended = true;
        if (read(current) != null) {
            throw damaged("lines follow its end", null);
        }
        closePart();
        ManifestSummary expected = summary;
        if (expected != null) {
            String found = HexFormat.of().formatHex(digest.digest());
            if (part != expected.parts() || !found.equals(expected.sha256())) {
                throw new BackupException(
                        "the manifest "
                                + folder
                                + " is not the one that its backup was made with: "
                                + part
                                + " parts, SHA-256 "
                                + found,
                        "restore another backup: `howdah backup list`");
            }
        }
    }

    private void closePart() {
        try {
            if (lines != null) {
                lines.close();
            }
        } catch (IOException e) {
            throw damaged(String.valueOf(e.getMessage()), e);
        }
        lines = null;
        part++;
    }

    private BackupException damaged(String how, @Nullable Throwable cause) {
        return new BackupException(
                "the manifest part "
                        + ManifestWriter.part(folder, part)
                        + " in "
                        + store
                        + " is damaged at line "
                        + lineNumber
                        + ": "
                        + how,
                "restore another backup: `howdah backup list`",
                cause);
    }

    @Override
    public void close() {
        if (lines != null) {
            closePart();
        }
    }
}
