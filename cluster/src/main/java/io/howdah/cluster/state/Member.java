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

    /// What the operator asks of elections.
    ///
    /// @param nofailover never primary by an election
    /// @param failoverPriority among equal positions the higher wins; 1 by default
    /// @param zone where the node stands; among equal positions one in the old leader's zone is
    ///   preferred; may be empty
    public record Tags(boolean nofailover, int failoverPriority, String zone) {

        /// No wishes.
        public static final Tags NONE = new Tags(false, 1, "");

        /// The same, but never elected.
        public Tags withoutFailover() {
            return new Tags(true, failoverPriority, zone);
        }

        /// The same with another priority.
        public Tags withPriority(int priority) {
            return new Tags(nofailover, priority, zone);
        }
    }
}
