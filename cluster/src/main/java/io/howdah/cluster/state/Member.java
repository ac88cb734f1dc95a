package io.howdah.cluster.state;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a node says of itself. Slow to change; how it feels right now is asked of the node itself.
/// Immutable.
///
/// @param incarnation of its data directory; null while it has none, and for a witness
/// @param host where it is reached
/// @param postgresPort PostgreSQL's port; 0 for a witness
/// @param apiPort the HTTP API's port
/// @param witness whether it only votes in consensus and runs no PostgreSQL
/// @param tags what the operator asks of elections; nofailover also where the node itself says so
/// @param protocol the highest [Protocol] that it speaks
/// @param collations by which versions of glibc and ICU its databases sort; empty when none is
///   known
public record Member(
        @Nullable Incarnation incarnation,
        String host,
        int postgresPort,
        int apiPort,
        boolean witness,
        Tags tags,
        int protocol,
        String collations) {

    /// One that does not say its protocol speaks the first; one may not say how it sorts.
    public Member {
        protocol = Math.max(Protocol.FIRST, protocol);
        collations = Objects.requireNonNullElse(collations, "");
    }

    /// Of this version, before it has said how it sorts.
    public Member(
            @Nullable Incarnation incarnation,
            String host,
            int postgresPort,
            int apiPort,
            boolean witness,
            Tags tags) {
        this(incarnation, host, postgresPort, apiPort, witness, tags, Protocol.CURRENT, "");
    }

    /// The same, with what it found out about itself.
    ///
    /// @param reported the operator's tags, and what it adds to them
    public Member withCondition(String sortsBy, Tags reported) {
        return new Member(
                incarnation, host, postgresPort, apiPort, witness, reported, protocol, sortsBy);
    }

    /// What the operator asks of elections, of synchronous replication and of copies.
    ///
    /// @param nofailover never primary by an election
    /// @param failoverPriority among equal positions the higher wins; 1 by default
    /// @param zone where the node stands; among equal positions one in the old leader's zone is
    ///   preferred, and commits wait for standbys in other zones first; may be empty
    /// @param nosync no commit ever waits for it, and it is no voter
    /// @param clonefrom others are copied from it rather than from the leader, where it does
    public record Tags(
            boolean nofailover,
            int failoverPriority,
            String zone,
            boolean nosync,
            boolean clonefrom) {

        /// No wishes.
        public static final Tags NONE = new Tags(false, 1, "");

        /// The same, but never elected.
        public Tags withoutFailover() {
            return new Tags(true, failoverPriority, zone, nosync, clonefrom);
        }

        /// The same with another priority.
        public Tags withPriority(int priority) {
            return new Tags(nofailover, priority, zone, nosync, clonefrom);
        }

        /// As of one that is being taken out: nobody elects it, and no commit waits for it.
        public Tags leaving() {
            return new Tags(true, failoverPriority, zone, true, false);
        }

        /// Those that concern elections alone.
        public Tags(boolean nofailover, int failoverPriority, String zone) {
            this(nofailover, failoverPriority, zone, false, false);
        }
    }
}
