package io.howdah.node.backup;

import io.howdah.backup.wal.RepositoryTrouble;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What a status says of repositories that take no WAL. Pure.
final class ArchiveProblem {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ssxxx", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private ArchiveProblem() {}

    /// Each with its HINT, one after the other.
    static String of(List<RepositoryTrouble> troubles) {
        return troubles.stream()
                .map(trouble ->
                        "in "
                                + trouble.repository()
                                + " since "
                                + TIME.format(trouble.since())
                                + ": "
                                + trouble.problem())
                .collect(Collectors.joining("\n"));
    }
}
