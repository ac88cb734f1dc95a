package io.howdah.postgres.wire;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The result of a statement, held in memory as a whole. Immutable.
///
/// @param columns the names of the columns; empty for a statement that returns no rows
/// @param all the rows in the server's order
/// @param commandTag what the server says it did, as in `UPDATE 3`
/// @param notices what the server remarked during the call, the first 100 at most
public record Rows(
        List<String> columns, List<Row> all, String commandTag, List<ServerMessage> notices)
        implements Iterable<Row> {

    public Rows {
        columns = List.copyOf(columns);
        all = List.copyOf(all);
        notices = List.copyOf(notices);
    }

    /// How many rows there are.
    public int size() {
        return all.size();
    }

    public boolean isEmpty() {
        return all.isEmpty();
    }

    /// The first row, if there is one.
    public Optional<Row> first() {
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getFirst());
    }

    /// The only row.
    ///
    /// @throws UnexpectedResultException when there are none or several
    public Row single() {
        if (all.size() != 1) {
            throw new UnexpectedResultException(
                    "expected one row, the server returned " + all.size());
        }
        return all.getFirst();
    }

    /// How many rows the statement touched, as its command tag says; 0 where it says nothing.
    public long affected() {
        int space = commandTag.lastIndexOf(' ');
        try {
            return Long.parseLong(commandTag, space + 1, commandTag.length(), 10);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    public Stream<Row> stream() {
        return all.stream();
    }

    @Override
    public Iterator<Row> iterator() {
        return all.iterator();
    }
}
