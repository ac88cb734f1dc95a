package io.howdah.cli.chaos;

import io.howdah.cli.chaos.check.Appends;
import io.howdah.cli.chaos.check.Outcome;
import java.sql.SQLException;

/// Appends values to lists, each a transaction of its own, and is told where each went.
///
/// @param appends where it is written down
record ListWork(Appends appends, Clock clock) implements Work {

    private static final String APPEND =
            """
            insert into howdah_chaos.list as old (key, elements) values (?, array[?::integer])
            on conflict (key) do update set elements = old.elements || excluded.elements
            returning pg_catalog.cardinality(elements),
                coalesce(elements[pg_catalog.cardinality(elements) - 1], 0)\
            """;

    @Override
    public Attempt next(boolean disturbed) {
        int value = appends.begin(disturbed, clock.millis());
        return new Attempt() {
            private int position;
            private int predecessor;

            @Override
            public void perform(Session session) throws SQLException {
                session.begin(true);
                session.query(
                        APPEND,
                        row -> {
                            position = row.getInt(1);
                            predecessor = row.getInt(2);
                        },
                        Appends.keyOf(value),
                        value);
            }

            @Override
            public void ended(Outcome outcome) {
                appends.end(value, outcome, position, predecessor, clock.millis());
            }
        };
    }
}
