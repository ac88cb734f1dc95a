package io.howdah.cluster.synchronous;

import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.NodeName;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What PostgreSQL waits for before it acknowledges a commit.
public sealed interface InForce {

    /// Whether commits may be acknowledged at once: after that it takes more than a changed file to
    /// make them wait.
    default boolean mayNotWait() {
        return this instanceof Alone || this instanceof Unknown;
    }

    /// Whether a WAL sender that still goes by this could acknowledge what it must not once `next`
    /// is in force.
    default boolean mayAcknowledgeWithout(InForce next) {
        return switch (this) {
            case Alone alone -> false;
            case Nobody nobody -> false;
            case Unknown unknown -> !(next instanceof Alone);
            case Names old ->
                    switch (next) {
                        case Alone alone -> false;
                        case Nobody nobody -> true;
                        case Unknown unknown -> true;
                        case Names now ->
                                now.required() > old.required()
                                        || !now.members()
                                                .entrySet()
                                                .containsAll(old.members().entrySet());
                    };
        };
    }

    /// Not known: a change failed halfway, or the agent was restarted. Equal to nothing that is
    /// wanted, so it is always left.
    record Unknown() implements InForce {}

    /// Nobody has to confirm: `synchronous_standby_names = ''`.
    record Alone() implements InForce {}

    /// A name that no member has: every commit waits.
    record Nobody() implements InForce {}

    /// `required` of `members` have to flush a commit: `ANY required (…)`.
    ///
    /// @param members each with its incarnation, which is part of its name
    /// @param required 1 to the number of members
    record Names(SortedMap<NodeName, Incarnation> members, int required) implements InForce {
        public Names {
            members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
            if (required < 1 || required > members.size()) {
                throw new IllegalArgumentException(
                        "required " + required + " does not fit " + members.keySet());
            }
        }
    }
}
