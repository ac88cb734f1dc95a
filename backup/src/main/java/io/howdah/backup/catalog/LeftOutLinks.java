package io.howdah.backup.catalog;

import java.util.List;

/// Links in the data directory that are not in a backup, nor what they lead to. Immutable.
///
/// @param count how many there are
/// @param first the first of them, as in `postgresql.conf`; at most 100
public record LeftOutLinks(long count, List<String> first) {

    /// There are none.
    public static final LeftOutLinks NONE = new LeftOutLinks(0, List.of());

    public LeftOutLinks {
        first = List.copyOf(first);
    }
}
