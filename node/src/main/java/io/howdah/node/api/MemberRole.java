package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonValue;

/// What a member is to its cluster; written in lower case in JSON.
public enum MemberRole {
    /// Runs the PostgreSQL that accepts writes.
    PRIMARY("primary"),
    /// Follows the primary, or will once there is one.
    REPLICA("replica"),
    /// Votes in the consensus and runs no PostgreSQL.
    WITNESS("witness"),
    /// Not known (yet), or a role that only a newer version has.
    @JsonEnumDefaultValue
    UNKNOWN("unknown");

    private final String text;

    MemberRole(String text) {
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
