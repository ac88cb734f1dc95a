package io.howdah.cluster.state;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/// The identity of one data directory's content: random, kept inside it, new at every copy or
/// rewind. A vote or an acknowledgement given by one incarnation says nothing of another.
/// Immutable.
///
/// @param value 8 lower-case hexadecimal digits
public record Incarnation(@JsonValue String value) implements Comparable<Incarnation> {

    private static final Pattern VALID = Pattern.compile("[0-9a-f]{8}");

    /// @throws IllegalArgumentException when not 8 lower-case hexadecimal digits
    @JsonCreator
    public Incarnation {
        if (!VALID.matcher(value).matches()) {
            throw new IllegalArgumentException("not an incarnation: '" + value + "'");
        }
    }

    @Override
    public int compareTo(Incarnation other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
