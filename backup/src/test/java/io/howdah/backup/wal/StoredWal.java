package io.howdah.backup.wal;

import io.howdah.backup.store.Content;
import io.howdah.backup.store.FolderStore;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/// WAL in a repository that no server has written: what stands at a position is made from it and
/// from the timeline.
final class StoredWal {

    static final SystemId SYSTEM = SystemId.parse("7301234567890123456");
    static final int SEGMENT_BYTES = 1 << 20;

    private final ObjectStore store;
    private final Path directory;
    final WalNames names = new WalNames(SYSTEM);

    StoredWal(Path directory) {
        this.directory = directory;
        this.store = new FolderStore(directory.resolve("repository"));
    }

    ObjectStore store() {
        return store;
    }

    WalIndex index() {
        return WalIndex.read(store, SYSTEM);
    }

    WalSource source(TimelineHistory line) {
        return new WalSource(store, SYSTEM, line, SEGMENT_BYTES);
    }

    static Lsn at(double segments) {
        return new Lsn((long) (segments * SEGMENT_BYTES));
    }

    static TimelineId timeline(int number) {
        return new TimelineId(number);
    }

    /// 1 up to some position, 2 from there on, and so on.
    static TimelineHistory line(Lsn... switches) {
        TimelineHistory line = TimelineHistory.startingAt(TimelineId.FIRST);
        for (Lsn at : switches) {
            line = line.then(at, line.current().next());
        }
        return line;
    }

    static byte[] content(TimelineId timeline, WalRange range) {
        byte[] bytes = new byte[(int) range.bytes()];
        for (int i = 0; i < bytes.length; i++) {
            long position = range.start().value() + i;
            bytes[i] = (byte) (1 + (position / 7 + position / 4099 + timeline.value() * 31) % 200);
        }
        return bytes;
    }

    WalSegment segment(int timeline, int number) {
        WalSegment segment = new WalSegment(timeline(timeline), number, SEGMENT_BYTES);
        put(names.segment(segment).text(), packed(content(segment.timeline(), segment.range())));
        return segment;
    }

    WalRange piece(int timeline, Lsn start, Lsn end) {
        WalRange range = new WalRange(start, end);
        put(
                names.piece(timeline(timeline), range).text(),
                packed(content(timeline(timeline), range)));
        return range;
    }

    void history(TimelineHistory line) {
        StringBuilder text = new StringBuilder();
        line.ended()
                .forEach(ended ->
                        text.append(ended.timeline().value())
                                .append('\t')
                                .append(ended.switchLsn())
                                .append("\tno reason\n"));
        put(
                names.history(line.current()).text(),
                Content.of(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    Content packed(byte[] plain) {
        try {
            Path file = Files.write(directory.resolve("plain"), plain);
            Path packed = directory.resolve("packed-" + new Random().nextLong());
            return WalCodec.compress(file, 0, plain.length, packed, 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void put(String name, Content content) {
        PutOutcome _ = store.put(new ObjectName(name), content, PutMode.IF_ABSENT);
    }
}
