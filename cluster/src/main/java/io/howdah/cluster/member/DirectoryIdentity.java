package io.howdah.cluster.member;

import io.howdah.cluster.state.Incarnation;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.SystemId;
import org.jspecify.annotations.Nullable;

/// Which database cluster lies in the data directory, and which copy of it. Read once and
/// remembered until `forget`. For one thread.
final class DirectoryIdentity {

    /// What does not change while a data directory is neither replaced nor rewound.
    record Known(SystemId systemId, Incarnation incarnation) {}

    private final DataDirectory data;
    private @Nullable Known known;

    /// The one whose incarnation is known to be in the data directory.
    private @Nullable Known kept;

    DirectoryIdentity(DataDirectory data) {
        this.data = data;
    }

    /// The directory's; it must hold a database.
    Known known() {
        Known before = known;
        if (before == null) {
            Incarnation incarnation =
                    data.incarnation().map(Incarnation::new).orElseGet(Cloning::freshIncarnation);
            before = new Known(data.controlData().systemId(), incarnation);
            known = before;
        }
        return before;
    }

    /// Writes down which incarnation this is. Looking alone does not: what lies here may turn out
    /// to be another cluster's.
    Known keep() {
        Known now = known();
        if (!now.equals(kept)) {
            if (data.incarnation().isEmpty()) {
                data.writeIncarnation(now.incarnation().value());
            }
            kept = now;
        }
        return now;
    }

    /// The directory is about to be replaced or rewound.
    void forget() {
        known = null;
    }
}
