package io.howdah.backup.manifest;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import io.howdah.backup.BackupException;
import io.howdah.backup.pack.ChunkReference;
import io.howdah.backup.pack.PackId;
import io.howdah.backup.pack.PackTable;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreUnavailableException;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Which packs a manifest refers to, and how many of their bytes. It is stored beside the manifest,
/// so that nobody has to read a manifest to know which packs may go. Not thread-safe.
public final class PackUse {

    private static final String HEADING = "howdah packs 1";
    private static final int LEVEL = 3;
    private static final int MOST_BYTES = 1 << 28;

    private final PackTable packs = new PackTable();

    /// One more chunk.
    public void add(ChunkReference chunk) {
        packs.add(chunk.pack(), chunk.length());
    }

    /// The packs, each with how many of its bytes are referred to. Not to be changed.
    public PackTable packs() {
        return packs;
    }

    /// The list's name.
    ///
    /// @param folder of the manifest
    public static ObjectName object(String folder) {
        return new ObjectName(folder + "/packs.zst");
    }

    /// Stores the list: a heading, then a line `p PACK BYTES` for each, sorted.
    ///
    /// @return what was stored
    byte[] write(ObjectStore store, String folder) {
        byte[] list = compressed();
        PutOutcome _ = store.put(object(folder), Content.of(list), PutMode.IF_ABSENT);
        return list;
    }

    /// Line by line: of ten terabytes it is 30 MB of text.
    private byte[] compressed() {
        var list = new ByteArrayOutputStream();
        try (var text =
                new OutputStreamWriter(
                        new ZstdOutputStream(list, LEVEL).setChecksum(true),
                        StandardCharsets.US_ASCII)) {
            text.append(HEADING).append('\n');
            for (PackId pack : packs.sorted()) {
                text.append("p %s %d\n".formatted(pack, packs.bytes(pack, 0)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot compress the list of packs", e);
        }
        return list.toByteArray();
    }

    /// Reads the list of a backup.
    ///
    /// @param summary what the backup says of it
    /// @throws BackupException when it is not the one that the backup was made with
    public static PackUse read(ObjectStore store, String folder, ManifestSummary summary) {
        byte[] list;
        try (InputStream in = store.get(object(folder))) {
            list = in.readNBytes(MOST_BYTES);
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot read " + object(folder) + " in " + store + ": " + e,
                    "look at the disk or the network there, then run it again",
                    e);
        }
        if (!ManifestSummary.sha256(list).equals(summary.packsSha256())) {
            throw damaged(store, folder, null);
        }
        return parse(store, folder, list);
    }

    private static PackUse parse(ObjectStore store, String folder, byte[] list) {
        var use = new PackUse();
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(
                                new ZstdInputStream(new ByteArrayInputStream(list)),
                                StandardCharsets.US_ASCII))) {
            lines.lines()
                    .skip(1)
                    .map(line -> line.split(" ", -1))
                    .forEach(
                            words -> use.packs.add(new PackId(words[1]), Long.parseLong(words[2])));
            return use;
        } catch (IOException
                | UncheckedIOException
                | IllegalArgumentException
                | IndexOutOfBoundsException e) {
            throw damaged(store, folder, e);
        }
    }

    private static BackupException damaged(
            ObjectStore store, String folder, @Nullable Throwable cause) {
        return new BackupException(
                object(folder)
                        + " in "
                        + store
                        + " is not the list of packs that its backup was made with",
                "run `howdah backup verify` to see what else is damaged; nothing can be removed"
                        + " from the repository meanwhile",
                cause);
    }
}
