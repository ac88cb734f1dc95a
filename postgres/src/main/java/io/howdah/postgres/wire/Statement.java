package io.howdah.postgres.wire;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sends statements and collects their results. Runs inside a call of its `Wire`.
final class Statement {

    private static final long MOST_RESULT_BYTES = 512L * 1024 * 1024;

    /// What an object costs beside its bytes, roughly.
    private static final int OVERHEAD_BYTES = 24;

    private final Wire wire;
    private final List<Rows> results = new ArrayList<>();
    private List<String> columns = List.of();
    private List<Row> rows = new ArrayList<>();
    private long resultBytes;
    private @Nullable PostgresServerException error;

    Statement(Wire wire) {
        this.wire = wire;
    }

    /// Runs statements by the simple protocol.
    Rows last(String sql) throws IOException {
        wire.writer().begin('Q').writeText(sql).end();
        wire.send();
        return collect();
    }

    /// Runs one statement by the extended protocol.
    Rows bound(String sql, @Nullable Object[] values) throws IOException {
        if (values.length > 0xffff) {
            throw new IllegalArgumentException(
                    values.length + " values for a statement, at most 65535 are possible");
        }
        MessageWriter writer = wire.writer();
        writer.begin('P').writeText("").writeText(sql).writeShort(0).end();
        writer.begin('B').writeText("").writeText("").writeShort(0).writeShort(values.length);
        for (Object value : values) {
            writer.writeValue(BoundValue.encode(value));
        }
        writer.writeShort(0).end();
        writer.begin('D').writeByte('P').writeText("").end();
        writer.begin('E').writeText("").writeInt(0).end();
        writer.begin('S').end();
        wire.send();
        return collect();
    }

    /// Reads all results up to the server's readiness.
    private Rows collect() throws IOException {
        while (true) {
            char type = wire.receive();
            switch (type) {
                case 'T' -> columns = readColumns(wire.body());
                case 'D' -> rows.add(readRow(columns, wire.body()));
                case 'C' -> finish(wire.body().readText());
                case 'I' -> finish("");
                case 'E' -> keepFirst(wire.readError());
                case '1', '2', 'n' -> {}
                case 'Z' -> {
                    wire.ready();
                    return result();
                }
                case 'G', 'H', 'W' ->
                        throw new UnexpectedResultException(
                                "a COPY to or from the client cannot be run as a query; the"
                                        + " connection is closed");
                default ->
                        throw new ProtocolException(
                                "a query was answered by a message of type "
                                        + MessageReader.describe(type));
            }
        }
    }

    private void finish(String commandTag) {
        results.add(new Rows(columns, rows, commandTag, List.of()));
        columns = List.of();
        rows = new ArrayList<>();
        if (results.size() > 1) {
            // Only the last result is wanted.
            results.removeFirst();
        }
    }

    private void keepFirst(PostgresServerException next) {
        if (error == null) {
            error = next;
        }
    }

    private Rows result() {
        if (error != null) {
            throw error;
        }
        if (results.isEmpty()) {
            throw new ProtocolException("a query ended without a result");
        }
        Rows last = results.getLast();
        return new Rows(last.columns(), last.all(), last.commandTag(), wire.notices());
    }

    static List<String> readColumns(MessageBody body) {
        int count = body.readShort();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(body.readText());
            // Table, column number, type, size, modifier, format: of no use for texts.
            body.readBytes(18);
        }
        return List.copyOf(names);
    }

    private Row readRow(List<String> names, MessageBody body) {
        resultBytes += body.remaining() + (names.size() + 2L) * OVERHEAD_BYTES;
        if (resultBytes > MOST_RESULT_BYTES) {
            throw new UnexpectedResultException(
                    "the result is larger than "
                            + MOST_RESULT_BYTES
                            + " bytes; the connection is closed\nHINT: ask for less at a time");
        }
        return parseRow(names, body);
    }

    /// Reads a result whose columns are announced by the message just received: rows and
    /// completion.
    static Rows readResult(Wire wire, int mostRows) throws IOException {
        List<String> columns = readColumns(wire.body());
        List<Row> rows = new ArrayList<>();
        char type = wire.receiveOrFail();
        while (type == 'D') {
            rows.add(parseRow(columns, wire.body()));
            if (rows.size() > mostRows) {
                throw new ProtocolException("a result has over " + mostRows + " rows");
            }
            type = wire.receiveOrFail();
        }
        if (type != 'C') {
            throw new ProtocolException(
                    "a result holds a message of type " + MessageReader.describe(type));
        }
        return new Rows(columns, rows, wire.body().readText(), List.of());
    }

    static Row parseRow(List<String> names, MessageBody body) {
        int count = body.readShort();
        if (count != names.size()) {
            throw new ProtocolException(
                    "a row has " + count + " columns, " + names.size() + " were announced");
        }
        byte[] @Nullable [] values = new byte[count][];
        for (int i = 0; i < count; i++) {
            int length = body.readInt();
            values[i] = length == -1 ? null : body.readBytes(length);
        }
        return new Row(names, values);
    }
}
