package io.howdah.cluster.member;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.Position;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.wire.ServerAddress;
import java.util.Optional;

/// What this node's PostgreSQL is at this moment.
public sealed interface LocalStatus {

    /// There is no data directory yet, or the server's has gone from its place.
    ///
    /// @param runs whether a server of ours runs in one to which the path leads no more
    record Absent(boolean runs) implements LocalStatus {
        /// Nothing runs.
        public Absent() {
            this(false);
        }
    }

    /// The data directory must not be used: of another cluster, of another major version, or not
    /// one at all.
    ///
    /// @param problem a fact and a HINT, for the operator
    /// @param holds which database lies there, if that is known
    /// @param runs whether a server of ours runs there all the same
    record Unusable(String problem, Optional<SystemId> holds, boolean runs) implements LocalStatus {
        /// Nothing of ours runs there.
        public Unusable(String problem, Optional<SystemId> holds) {
            this(problem, holds, false);
        }
    }

    /// A data directory without a running server.
    ///
    /// @param leftovers whether processes are at work in it that are no server of ours: those of a
    ///   dead postmaster, or of one that somebody else started
    /// @param rewoundFor after a rewind: the epoch whose leader it was rewound to. It cannot become
    ///   consistent without that leader's WAL, so it may follow it, and nobody else, from the start
    record Stopped(
            SystemId systemId,
            Incarnation incarnation,
            boolean leftovers,
            Optional<Epoch> rewoundFor)
            implements LocalStatus {}

    /// A server that does not answer queries: starting, replaying before it is consistent,
    /// stopping, or hung.
    ///
    /// @param mayBePrimary whether it ran as a primary when it was last heard of, or was promoted
    ///   since, and did not begin as a standby of ours
    /// @param rewoundFor as in `Stopped`
    record Silent(
            SystemId systemId,
            Incarnation incarnation,
            String why,
            boolean mayBePrimary,
            Optional<Epoch> rewoundFor)
            implements LocalStatus {}

    /// A standby.
    ///
    /// @param position how far its WAL reaches; empty while that is not known yet (local WAL is not
    ///   read to its end)
    /// @param following the epoch whose leader its service file names; `Epoch.NONE` while it names
    ///   nobody but a receiver from before may still be at work, so that the position may move;
    ///   empty: it is cut off
    /// @param receiving whether a WAL receiver streams
    /// @param replayLagBytes received but not replayed
    /// @param promoted whether the cluster has promoted it: it is a primary at any moment
    /// @param from where its service file says that its leader listens; empty while it names nobody
    record Standby(
            SystemId systemId,
            Incarnation incarnation,
            Optional<Position> position,
            Optional<Epoch> following,
            boolean receiving,
            long replayLagBytes,
            boolean promoted,
            Optional<ServerAddress.Tcp> from)
            implements LocalStatus {

        /// Which nobody has promoted, and which knows no address.
        public Standby(
                SystemId systemId,
                Incarnation incarnation,
                Optional<Position> position,
                Optional<Epoch> following,
                boolean receiving,
                long replayLagBytes) {
            this(
                    systemId,
                    incarnation,
                    position,
                    following,
                    receiving,
                    replayLagBytes,
                    false,
                    Optional.empty());
        }

        /// The same where a receiver may be at work that nobody has ended: its service file may
        /// have been emptied by an agent that died over it.
        public Standby perhapsFollowing() {
            return following.isPresent()
                    ? this
                    : new Standby(
                            systemId,
                            incarnation,
                            position,
                            Optional.of(Epoch.NONE),
                            receiving,
                            replayLagBytes,
                            promoted,
                            from);
        }
    }

    /// A primary.
    ///
    /// @param position the end of its flushed WAL
    /// @param open whether it admits clients
    record Primary(SystemId systemId, Incarnation incarnation, Position position, boolean open)
            implements LocalStatus {}

    /// Whether it is a primary or may be one: the question that a fence asks.
    default boolean mayAcceptWrites() {
        return switch (this) {
            case Primary primary -> true;
            case Silent silent -> silent.mayBePrimary();
            case Stopped stopped -> stopped.leftovers();
            case Absent absent -> absent.runs();
            case Unusable unusable -> unusable.runs();
            case Standby standby -> standby.promoted();
        };
    }
}
