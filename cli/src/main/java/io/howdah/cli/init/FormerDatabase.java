package io.howdah.cli.init;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A database made without Howdah that a cluster is to adopt. Immutable.
///
/// @param systemIdentifier its system identifier
/// @param directories where it lies, by the nodes that have it
public record FormerDatabase(String systemIdentifier, SortedMap<String, String> directories) {

    public FormerDatabase {
        directories = Collections.unmodifiableSortedMap(new TreeMap<>(directories));
    }

    /// As options say it.
    ///
    /// @param systemIdentifier null: there is none to adopt
    public static @Nullable FormerDatabase of(
            @Nullable String systemIdentifier, Map<String, String> directories) {
        return systemIdentifier == null
                ? null
                : new FormerDatabase(systemIdentifier, new TreeMap<>(directories));
    }

    /// A node's lines below `postgres:`.
    String yaml(String node) {
        String directory = directories.get(node);
        return "  system-identifier: "
                + NodeKeysSection.quoted(systemIdentifier)
                + "\n"
                + (directory == null
                        ? ""
                        : "  data-directory: " + NodeKeysSection.quoted(directory) + "\n");
    }
}
