package io.howdah.postgres;

import java.util.regex.Pattern;

/// Which copy of a database a data directory is, and who holds it. Immutable.
///
/// @param id letters, digits and dashes, 1 to 64
/// @param holder the node that wrote this down: letters, digits and underscores, up to 64; empty
///   where none is named
public record DataCopy(String id, String holder) {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final Pattern HOLDER = Pattern.compile("[A-Za-z0-9_]{0,64}");

    /// @throws IllegalArgumentException when one of them is something else
    public DataCopy {
        if (!ID.matcher(id).matches() || !HOLDER.matcher(holder).matches()) {
            throw new IllegalArgumentException(
                    "not a copy of a database: '" + id + "' held by '" + holder + "'");
        }
    }

    /// As it stands in the file.
    ///
    /// @throws IllegalArgumentException when it is something else
    static DataCopy parse(String line) {
        int space = line.indexOf(' ');
        return space < 0
                ? new DataCopy(line, "")
                : new DataCopy(line.substring(0, space), line.substring(space + 1).strip());
    }

    /// As it stands in the file.
    String line() {
        return holder.isEmpty() ? id : id + " " + holder;
    }
}
