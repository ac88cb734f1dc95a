package io.howdah.backup.manifest;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.howdah.backup.BackupException;
import io.howdah.backup.pack.ChunkReference;
import io.howdah.backup.pack.PackId;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which packs a manifest refers to, and how many of their bytes. It is stored beside the manifest,
/// so that nobody has to read a manifest to know which packs may go. Not thread-safe.
public final class PackUse {

    private static final String HEADING = "howdah packs 1";
    private static final int LEVEL = 3;
    private static final int MOST_BYTES = 1 << 28;

    private final Map<PackId, Long> bytes = new HashMap<>();

    /// One more chunk.
    public void add(ChunkReference chunk) {
        bytes.merge(chunk.pack(), (long) chunk.length(), Long::sum);
    }

    /// The packs, each with how many of its bytes are referred to.
    public Map<PackId, Long> packs() {
        return Collections.unmodifiableMap(bytes);
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
        var text = new StringBuilder(HEADING).append('\n');
        new TreeMap<>(bytes)
                .forEach((pack, length) ->
                        text.append("p ").append(pack).append(' ').append(length).append('\n'));
        byte[] list = Zstd.compress(text.toString().getBytes(StandardCharsets.US_ASCII), LEVEL);
        PutOutcome _ = store.put(object(folder), Content.of(list), PutMode.IF_ABSENT);
        return list;
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
        try {
            int length = Math.toIntExact(Zstd.getFrameContentSize(list));
            String text =
                    new String(
                            Zstd.decompress(list, Math.clamp(length, 0, MOST_BYTES)),
                            StandardCharsets.US_ASCII);
            text.lines()
                    .skip(1)
                    .map(line -> line.split(" ", -1))
                    .forEach(
                            words -> use.bytes.put(new PackId(words[1]), Long.parseLong(words[2])));
            return use;
        } catch (ZstdException
                | ArithmeticException
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
