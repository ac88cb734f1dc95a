package io.howdah.backup.manifest;

import com.github.luben.zstd.ZstdOutputStream;
import io.howdah.backup.pack.ChunkReference;
import io.howdah.backup.pack.PackId;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Writes a manifest, part by part. A part is stored only when `beforePart` has returned, which
/// sees to it that the packs it names are stored. Not thread-safe.
public final class ManifestWriter {

    /// A part ends when its lines have this many bytes.
    public static final int PART_BYTES = 16 << 20;

    /// Or when so much has been stored since it began, or a [#PART_SHARE]th of all, if that is
    /// more. What is stored and stands in no part yet is lost with a backup that is killed: that is
    /// little of what it had, and 10 TB still have no more than some hundred parts for it.
    static final long PART_STORED_BYTES = 256L << 20;

    static final int PART_SHARE = 64;

    private static final int LEVEL = 3;

    /// A line is short, and each call of zstd costs.
    private static final int BUFFER_BYTES = 1 << 16;

    private final ObjectStore store;
    private final String folder;
    private final LongSupplier packed;
    private final Runnable beforePart;
    private final Runnable afterPart;
    private final int mostPartBytes;
    private final PackUse use = new PackUse();
    private final MessageDigest digest = ManifestSummary.digest();
    private final Map<PackId, Integer> packs = new HashMap<>();

    private ByteArrayOutputStream stored = new ByteArrayOutputStream();
    private @Nullable OutputStream out;
    private int partBytes;
    private long packedBefore;
    private int parts;
    private long storedBytes;
    private long files;
    private long bytes;
    private @Nullable ChunkReference last;

    /// @param folder how the parts' names begin, as in `backups/20261128-101500-0421f3/manifest`
    /// @param packed how many bytes of chunks have been stored so far
    /// @param beforePart called before each part is stored
    /// @param afterPart called after each part is stored
    /// @param mostPartBytes when a part ends: [#PART_BYTES], or less in a test
    public ManifestWriter(
            ObjectStore store,
            String folder,
            LongSupplier packed,
            Runnable beforePart,
            Runnable afterPart,
            int mostPartBytes) {
        this.store = store;
        this.folder = folder;
        this.packed = packed;
        this.beforePart = beforePart;
        this.afterPart = afterPart;
        this.mostPartBytes = mostPartBytes;
    }

    /// The name of a part.
    ///
    /// @param number from 0 on
    static ObjectName part(String folder, int number) {
        return new ObjectName("%s/%08d.zst".formatted(folder, number));
    }

    public void directory(ManifestLine.Directory directory) {
        line("d " + octal(directory.mode()) + " " + PathText.encode(directory.path()));
    }

    public void file(ManifestLine.File file) {
        files++;
        bytes += file.size();
        line(
                "f "
                        + file.size()
                        + " "
                        + octal(file.mode())
                        + " "
                        + file.chunkBytes()
                        + " "
                        + PathText.encode(file.path()));
    }

    private static String octal(int mode) {
        return Integer.toOctalString(mode);
    }

    /// The next chunk of the file named last.
    public void chunk(ChunkReference chunk) {
        if (last != null && chunk.follows(last)) {
            line("c " + chunk.hash() + " " + chunk.length());
        } else {
            Integer number = packs.get(chunk.pack());
            if (number == null) {
                number = packs.size();
                packs.put(chunk.pack(), number);
                line("p " + chunk.pack());
            }
            line("c " + chunk.hash() + " " + chunk.length() + " " + number + " " + chunk.offset());
        }
        last = chunk;
        use.add(chunk);
        if (partBytes >= mostPartBytes || isMuchStored()) {
            endPart();
        }
    }

    private boolean isMuchStored() {
        return packed.getAsLong() - packedBefore
                >= Math.max(PART_STORED_BYTES, packedBefore / PART_SHARE);
    }

    /// Ends the manifest.
    public ManifestSummary end() {
        line("e %d %d".formatted(files, bytes));
        endPart();
        byte[] list = use.write(store, folder);
        return new ManifestSummary(
                parts,
                storedBytes + list.length,
                files,
                bytes,
                HexFormat.of().formatHex(digest.digest()),
                use.packs().size(),
                ManifestSummary.sha256(list));
    }

    private void line(String line) {
        try {
            OutputStream stream = out;
            if (stream == null) {
                stream =
                        new BufferedOutputStream(
                                new ZstdOutputStream(stored, LEVEL).setChecksum(true),
                                BUFFER_BYTES);
                out = stream;
                write(stream, ManifestText.HEADING);
            }
            write(stream, line);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot compress the manifest", e);
        }
    }

    private void write(OutputStream stream, String line) throws IOException {
        byte[] text = (line + "\n").getBytes(StandardCharsets.US_ASCII);
        stream.write(text);
        partBytes += text.length;
    }

    private void endPart() {
        beforePart.run();
        try {
            if (out != null) {
                out.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot compress the manifest", e);
        }
        byte[] content = stored.toByteArray();
        PutOutcome _ = store.put(part(folder, parts), Content.of(content), PutMode.IF_ABSENT);
        digest.update(content);
        storedBytes += content.length;
        parts++;
        stored = new ByteArrayOutputStream();
        out = null;
        partBytes = 0;
        packedBefore = packed.getAsLong();
        packs.clear();
        last = null;
        afterPart.run();
    }
}
