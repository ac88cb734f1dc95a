package io.howdah.cluster.member;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.NodeName;
import io.howdah.postgres.Lsn;
import java.util.Optional;

/// A standby that streams from this primary, as its WAL sender reports it.
///
/// @param name what it calls itself
/// @param streaming whether it has caught up and streams, through its own slot
/// @param flushed how far it has flushed
/// @param replayed how far it has replayed
public record Follower(StandbyName name, boolean streaming, Lsn flushed, Lsn replayed) {

    /// A standby's `application_name`: `member_incarnation_epoch`. So neither a recopied member nor
    /// one of another epoch is mistaken for the one that is listed.
    public record StandbyName(NodeName node, Incarnation incarnation, Epoch epoch) {

        /// Reads one; empty for the name of something else that streams.
        public static Optional<StandbyName> parse(String applicationName) {
            int second = applicationName.lastIndexOf('_');
            int first = second < 0 ? -1 : applicationName.lastIndexOf('_', second - 1);
            if (first < 1) {
                return Optional.empty();
            }
            try {
                return Optional.of(
                        new StandbyName(
                                new NodeName(applicationName.substring(0, first)),
                                new Incarnation(applicationName.substring(first + 1, second)),
                                new Epoch(Long.parseLong(applicationName.substring(second + 1)))));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        @Override
        public String toString() {
            return node + "_" + incarnation + "_" + epoch;
        }
    }
}
