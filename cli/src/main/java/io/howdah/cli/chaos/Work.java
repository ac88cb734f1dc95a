package io.howdah.cli.chaos;

import io.howdah.cli.chaos.check.Outcome;
import java.sql.SQLException;

/// What a client does again and again.
interface Work {

    /// One transaction. Made anew for each try, and never tried twice: whether it is there is what
    /// is asked afterwards.
    interface Attempt {

        /// Does it, from its beginning to its commit.
        void perform(Session session) throws SQLException;

        /// Told what the client knows of it.
        void ended(Outcome outcome);
    }

    /// Begins the next one. Called by several threads.
    Attempt next(boolean disturbed);
}
