package io.howdah.cli.chaos;

import java.sql.SQLException;
import java.util.List;

/// Finds the primary as a client with several addresses does: one after the other, the one that was
/// right last time first. Immutable but for that; thread-safe.
final class Servers {

    private final List<String> addresses;
    private volatile int lastGood;

    /// @param addresses of all members, with their ports
    Servers(List<String> addresses) {
        this.addresses = List.copyOf(addresses);
    }

    /// A session on the primary.
    ///
    /// @throws SQLException when nobody is: what the last one said
    Session primary() throws SQLException {
        SQLException latest = null;
        int first = lastGood;
        for (int i = 0; i < addresses.size(); i++) {
            int index = (first + i) % addresses.size();
            try {
                Session session = Session.open(addresses.get(index), true);
                lastGood = index;
                return session;
            } catch (SQLException e) {
                latest = e;
            }
        }
        throw latest == null ? new SQLException("there is no server") : latest;
    }
}
