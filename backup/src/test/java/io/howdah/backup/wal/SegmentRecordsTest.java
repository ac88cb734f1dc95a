package io.howdah.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.TestPostgres;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.Installation;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.process.Command;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentRecordsTest {

    private static final int TRANSACTION = 1;
    private static final int TABLESPACE = 5;
    private static final int MESSAGE = 21;
    private static final int SIZE = MadeWal.SEGMENT_BYTES;
    private static final Pattern LINE =
            Pattern.compile("rmgr: (\\w+) .* lsn: ([0-9A-F/]+), .* desc: (\\w+)");

    @TempDir private Path directory;

    private static final class Found implements SegmentRecords.Visitor {
        private final Map<Lsn, String> records = new TreeMap<>();

        @Override
        public boolean wants(int manager, int info) {
            return manager == TRANSACTION || manager == TABLESPACE || manager == MESSAGE;
        }

        @Override
        public void record(Lsn start, int manager, int info, ByteBuffer data) {
            records.put(start, name(manager));
        }

        private static String name(int manager) {
            return switch (manager) {
                case TRANSACTION -> "Transaction";
                case TABLESPACE -> "Tablespace";
                default -> "LogicalMessage";
            };
        }
    }

    /// What is overlooked is replayed.
    @Test
    void recordsAreThoseThatPostgresItselfFinds() throws IOException {
        Installation installation = TestPostgres.INSTALLATIONS.choose("auto");
        Assumptions.assumeTrue(
                installation.tool("pg_waldump").isPresent(), "pg_waldump is not installed");
        Path home = TestPostgres.home("hw-records-");
        try (var server = TestPostgres.start(home, "auto")) {
            Path place = Files.createDirectory(home.resolve("tablespace"));
            TestPostgres.USER.own(place);
            String first = server.value("select pg_walfile_name(pg_switch_wal() + 8)");
            server.execute(
                    "create table t (n int, text text)",
                    "insert into t select n, repeat(md5(n::text), n % 90) from generate_series(1, 9000) n",
                    "select count(pg_logical_emit_message(true, 'test', repeat('x', n * 7919 % 60000)))"
                            + " from generate_series(1, 1200) n",
                    "create tablespace elsewhere location '" + place + "'");
            String last = server.value("select pg_walfile_name(pg_switch_wal())");
            Map<Lsn, String> expected = dumped(server, installation, first, last);
            assertThat(expected).containsValues("Tablespace", "LogicalMessage", "Transaction");
            assertThat(found(server, first, last)).isEqualTo(expected);
        } finally {
            new DurableFiles(TestPostgres.USER).deleteTree(home);
        }
    }

    private static Map<Lsn, String> dumped(
            TestPostgres server, Installation installation, String first, String last) {
        Command.Result said =
                Command.run(
                        List.of(
                                "sh",
                                "-c",
                                "\"$1\" --path \"$2\" \"$3\" \"$4\" | cut -c 1-200 | grep -E"
                                        + " '(Transaction|Tablespace|LogicalMessage) '",
                                "sh",
                                installation.tool("pg_waldump").orElseThrow().toString(),
                                server.data().path().resolve("pg_wal").toString(),
                                first,
                                last),
                        Map.of("PATH", OperatingSystemUser.PATH),
                        Duration.ofMinutes(2));
        var records = new TreeMap<Lsn, String>();
        for (String line : said.output().lines().toList()) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.find()) {
                records.put(Lsn.parse(matcher.group(2)), matcher.group(1));
            }
        }
        return records;
    }

    private static Map<Lsn, String> found(TestPostgres server, String first, String last)
            throws IOException {
        int size = server.data().controlData().walSegmentBytes();
        var found = new Found();
        Optional<SegmentRecords.Part> open = Optional.empty();
        WalSegment segment = WalSegment.named(first, size).orElseThrow();
        for (; segment.name().compareTo(last) <= 0; segment = segment.plus(1)) {
            try (FileChannel file =
                    FileChannel.open(
                            server.data().path().resolve("pg_wal").resolve(segment.name()))) {
                SegmentRecords.Edges edges = SegmentRecords.read(segment, file, found);
                if (open.isPresent()) {
                    SegmentRecords.join(open.get(), edges.first().orElseThrow(), found);
                }
                open = edges.last();
            }
        }
        return found.records;
    }

    @Test
    void recordInTwoSegmentsIsFoundWhereverItIsSplit() throws IOException {
        byte[] record = MadeWal.record(TABLESPACE, text("\1\0\0\0/srv/fast\0"));
        var first = new WalSegment(TimelineId.FIRST, 3, SIZE);
        WalSegment second = first.plus(1);
        for (int in = 8; in < record.length; in += 8) {
            var found = new Found();
            var one = new MadeWal(first, 0);
            one.add(MadeWal.record(MESSAGE, new byte[one.room() - in - 29]));
            one.add(Arrays.copyOf(record, in));
            var two = new MadeWal(second, MadeWal.length(record) - in);
            two.add(Arrays.copyOfRange(record, in, record.length));
            SegmentRecords.Edges before = read(one, found);
            SegmentRecords.Edges after = read(two, found);
            SegmentRecords.join(before.last().orElseThrow(), after.first().orElseThrow(), found);
            assertThat(found.records)
                    .as("%d of %d bytes are in the first segment", in, record.length)
                    .containsEntry(new Lsn(second.start().value() - in), "Tablespace");
        }
    }

    @Test
    void whatIsNoRecordIsNotTakenForOne() throws IOException {
        byte[] record = MadeWal.record(TABLESPACE, text("\1\0\0\0/srv/fast\0"));
        record[30] ^= 1;
        var made = new MadeWal(new WalSegment(TimelineId.FIRST, 3, SIZE), 0);
        made.add(record);
        var found = new Found();
        read(made, found);
        assertThat(found.records).isEmpty();
    }

    private SegmentRecords.Edges read(MadeWal made, Found found) throws IOException {
        Path file = Files.write(directory.resolve("segment"), made.content());
        try (FileChannel content = FileChannel.open(file)) {
            return SegmentRecords.read(made.segment(), content, found);
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
