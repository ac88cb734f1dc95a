package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Gathers what could not be read, while files are written; what lies side by side becomes one.
/// Thread-safe.
final class DamagedParts {

    /// Where more is damaged little is left to rescue.
    private static final int MOST = 100_000;

    private final NavigableMap<String, NavigableMap<Long, DamagedPart>> byFile = new TreeMap<>();
    private int count;

    /// @throws BackupException when there are too many
    synchronized void add(DamagedPart part) {
        NavigableMap<Long, DamagedPart> file =
                byFile.computeIfAbsent(part.path(), _ -> new TreeMap<>());
        DamagedPart whole = part;
        Map.Entry<Long, DamagedPart> before = file.lowerEntry(part.from());
        if (before != null && before.getValue().to() == part.from()) {
            whole = before.getValue().upTo(part.to());
            count--;
        }
        DamagedPart after = file.remove(part.to());
        if (after != null) {
            whole = whole.upTo(after.to());
            count--;
        }
        file.put(whole.from(), whole);
        count++;
        if (count > MOST) {
            throw new BackupException(
                    "more than " + MOST + " stretches of files are damaged in the repository",
                    "restore another backup: `howdah backup list`");
        }
    }

    /// In the order of the files' names.
    synchronized List<DamagedPart> all() {
        return byFile.values().stream().flatMap(file -> file.values().stream()).toList();
    }
}
