package io.howdah.cluster.member;

import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.NodeName;
import io.howdah.postgres.DataCopy;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.SystemId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which database cluster lies in the data directory, and which copy of it. Read once and
/// remembered until `forget`, or until another one lies there. For one thread.
///
/// What another node wrote down here says that somebody put a clone of that one's data into this
/// node. The clone is a copy of its own: under the incarnation of the other, a second clone, made
/// earlier, would be taken for the first.
final class DirectoryIdentity {

    /// What does not change while a data directory is neither replaced nor rewound.
    record Known(SystemId systemId, Incarnation incarnation) {}

    private final DataDirectory data;
    private final NodeName self;
    private @Nullable Known known;

    /// What was written there when `known` was read.
    private Optional<DataCopy> found = Optional.empty();

    /// The one whose incarnation is known to be in the data directory.
    private @Nullable Known kept;

    DirectoryIdentity(DataDirectory data, NodeName self) {
        this.data = data;
        this.self = self;
    }

    /// The directory's; it must hold a database.
    Known known() {
        Known before = known;
        if (before == null) {
            found = data.copy();
            Incarnation incarnation =
                    found.filter(this::isOurs)
                            .map(copy -> new Incarnation(copy.id()))
                            .orElseGet(Cloning::freshIncarnation);
            before = new Known(data.controlData().systemId(), incarnation);
            known = before;
        }
        return before;
    }

    private boolean isOurs(DataCopy copy) {
        return copy.holder().isEmpty() || copy.holder().equals(self.value());
    }

    /// The directory's, where no server runs: an operator may have put another one there.
    Known readAgain() {
        if (!data.copy().equals(found)) {
            forget();
        }
        return known();
    }

    /// Writes down which incarnation this is. Looking alone does not: what lies here may turn out
    /// to be another cluster's.
    Known keep() {
        Known now = known();
        if (!now.equals(kept)) {
            DataCopy ours = new DataCopy(now.incarnation().value(), self.value());
            if (!found.equals(Optional.of(ours))) {
                data.writeCopy(ours);
                found = Optional.of(ours);
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
