package io.howdah.backup.store;

import java.util.regex.Pattern;

/// The name of an object: parts with slashes between them, as in `wal/7301/00000001.history`. A
/// part is made of ASCII letters, digits, `_`, `-` and `.`, and does not begin with a dot; so no
/// name leads out of a folder, and none is a hidden file. Ordered by bytes, as stores list them.
/// Immutable.
///
/// @param text the whole name, at most 1000 characters
public record ObjectName(String text) implements Comparable<ObjectName> {

    private static final int MOST_CHARACTERS = 1000;
    private static final String PART = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}";
    private static final Pattern NAME = Pattern.compile(PART + "(/" + PART + ")*");

    /// @throws IllegalArgumentException when it is no such name
    public ObjectName {
        if (text.length() > MOST_CHARACTERS || !NAME.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "not the name of an object: '"
                            + text
                            + "' (expected parts of letters, digits, '_', '-' and '.' between"
                            + " slashes, none beginning with a dot)");
        }
    }

    /// The last part.
    public String last() {
        return text.substring(text.lastIndexOf('/') + 1);
    }

    @Override
    public int compareTo(ObjectName other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
