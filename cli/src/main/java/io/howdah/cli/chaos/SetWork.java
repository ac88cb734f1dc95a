package io.howdah.cli.chaos;

import io.howdah.cli.chaos.check.Attempts;
import io.howdah.cli.chaos.check.Outcome;
import java.sql.SQLException;

/// Inserts rows, each a transaction of its own.
///
/// @param attempts where it is written down
record SetWork(Attempts attempts, Clock clock) implements Work {

    @Override
    public Attempt next(boolean disturbed) {
        int row = attempts.begin(disturbed);
        return new Attempt() {
            @Override
            public void perform(Session session) throws SQLException {
                session.begin(true);
                session.update("insert into howdah_chaos.inserted (id) values (?)", row);
            }

            @Override
            public void ended(Outcome outcome) {
                attempts.end(row, outcome, clock.millis());
            }
        };
    }
}
