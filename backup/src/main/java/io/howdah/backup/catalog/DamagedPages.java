package io.howdah.backup.catalog;

import java.util.List;

/// Pages whose checksums were wrong when they were read from the server: they are in the backup as
/// they were there. Immutable.
///
/// @param count how many there are
/// @param first the first of them, as in `base/5/16384 block 7`; at most 100
public record DamagedPages(long count, List<String> first) {

    public DamagedPages {
        first = List.copyOf(first);
    }
}
