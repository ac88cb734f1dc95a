package io.howdah.backup.take;

import io.howdah.backup.chunk.ChunkSize;
import io.howdah.backup.chunk.PageJudge;
import io.howdah.backup.pack.ChunkReference;
import io.howdah.backup.pack.PackWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads pieces of files. What the server cuts off meanwhile is read as zeros: replay cuts it off
/// again. For one thread; to be closed.
final class PartReader implements AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 20;

    /// A page that the server is writing is whole soon after.
    private static final int MOST_READS = 5;

    private final Chunker chunker;
    private final PageJudge judge;
    private final RateLimit limit;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final byte[] page = new byte[ChunkSize.PAGE_BYTES];

    PartReader(PackWriter packs, int level, PageJudge judge, RateLimit limit) {
        this.chunker = new Chunker(packs, level);
        this.judge = judge;
        this.limit = limit;
    }

    FilePart.Result read(FilePart part) {
        var damaged = new ArrayList<String>();
        try (FileChannel channel = FileChannel.open(part.path(), StandardOpenOption.READ)) {
            for (int done = 0; done < part.length(); done += BUFFER_BYTES) {
                int length = Math.min(BUFFER_BYTES, part.length() - done);
                limit.take(length);
                fill(channel, part.offset() + done, buffer, length);
                judgePages(channel, part, done, length, damaged);
                addChunks(part, done, length);
            }
            return new FilePart.Result(false, chunker.take(), damaged);
        } catch (NoSuchFileException e) {
            return part.isFirst()
                    ? new FilePart.Result(true, List.of(), List.of())
                    : new FilePart.Result(false, zeros(part), List.of());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + part.path(), e);
        } finally {
            chunker.forget();
        }
    }

    /// What vanished between two pieces.
    private List<ChunkReference> zeros(FilePart part) {
        Arrays.fill(buffer, (byte) 0);
        for (int done = 0; done < part.length(); done += BUFFER_BYTES) {
            addChunks(part, done, Math.min(BUFFER_BYTES, part.length() - done));
        }
        return chunker.take();
    }

    private void addChunks(FilePart part, int done, int length) {
        int size = part.file().chunkBytes();
        for (int at = 0; at < length; at += size) {
            int index = (done + at) / size;
            chunker.add(
                    buffer,
                    at,
                    Math.min(size, length - at),
                    index < part.before().size() ? part.before().get(index) : null);
        }
    }

    private void judgePages(
            FileChannel channel, FilePart part, int done, int length, List<String> damaged)
            throws IOException {
        if (part.firstBlock() < 0) {
            return;
        }
        for (int at = 0; at + ChunkSize.PAGE_BYTES <= length; at += ChunkSize.PAGE_BYTES) {
            long block = part.firstBlock() + (done + at) / ChunkSize.PAGE_BYTES;
            if (judge.judge(buffer, at, block) == PageJudge.Verdict.BAD
                    && !readAgain(channel, part.offset() + done + at, at, block)) {
                damaged.add(part.file().path() + " block " + block);
            }
        }
    }

    /// Whether the page is good when it is read again; then that is what is kept.
    private boolean readAgain(FileChannel channel, long offset, int at, long block)
            throws IOException {
        for (int attempt = 1; attempt < MOST_READS; attempt++) {
            fill(channel, offset, page, page.length);
            if (judge.judge(page, 0, block) == PageJudge.Verdict.GOOD) {
                System.arraycopy(page, 0, buffer, at, page.length);
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    private static void fill(FileChannel channel, long offset, byte[] target, int length)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(target, 0, length);
        while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {}
        Arrays.fill(target, bytes.position(), length, (byte) 0);
    }

    /// What is in memory already, as a file of its own.
    List<ChunkReference> store(byte[] content, int chunkBytes) {
        try {
            for (int at = 0; at < content.length; at += chunkBytes) {
                chunker.add(content, at, Math.min(chunkBytes, content.length - at), null);
            }
            return chunker.take();
        } finally {
            chunker.forget();
        }
    }

    @Override
    public void close() {
        chunker.close();
    }
}
