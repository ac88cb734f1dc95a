package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonValue;

/// What a member is doing; written in lower case in JSON.
public enum MemberState {
    /// PostgreSQL runs and answers; a witness: its agent runs.
    RUNNING("running"),
    /// PostgreSQL is being started or recovers.
    STARTING("starting"),
    /// A replica that has won an election becomes the primary.
    PROMOTING("promoting"),
    /// The data directory is being initialised by the first node.
    INITIALIZING("initializing"),
    /// The data directory is being copied from another member.
    COPYING("copying"),
    /// An old primary gives up what nobody else has.
    REWINDING("rewinding"),
    /// The node waits for something that `note` names, such as a leader to copy from.
    WAITING("waiting"),
    /// PostgreSQL is being stopped.
    STOPPING("stopping"),
    /// PostgreSQL is down, in order.
    STOPPED("stopped"),
    /// PostgreSQL went down by itself.
    CRASHED("crashed"),
    /// Stopped because the lease could not be renewed in time.
    FENCED("fenced"),
    /// The node's agent does not answer; the other fields are the last that it reported.
    UNREACHABLE("unreachable"),
    /// Not known (yet), or a state that only a newer version has.
    @JsonEnumDefaultValue
    UNKNOWN("unknown");

    private final String text;

    MemberState(String text) {
        this.text = text;
    }

    /// The word in JSON and on the screen.
    @JsonValue
    public String text() {
        return text;
    }

    @Override
    public String toString() {
        return text;
    }
}
