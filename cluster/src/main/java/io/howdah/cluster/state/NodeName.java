package io.howdah.cluster.state;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/// A node's name: a lower-case letter, then up to 30 letters, digits or underscores; so it can
/// stand unquoted in `application_name`, in a slot's name and in a path. Immutable.
///
/// @param value the name
public record NodeName(@JsonValue String value) implements Comparable<NodeName> {

    private static final Pattern VALID = Pattern.compile("[a-z][a-z0-9_]{0,30}");

    /// @throws IllegalArgumentException when the name has another form
    @JsonCreator
    public NodeName {
        if (!VALID.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "not a node name: '"
                            + value
                            + "' (expected a lower-case letter, then up to 30 of a-z, 0-9 and _)");
        }
    }

    /// The physical replication slot through which this member streams, the same name on every
    /// member.
    public String slotName() {
        return "howdah_" + value;
    }

    @Override
    public int compareTo(NodeName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
