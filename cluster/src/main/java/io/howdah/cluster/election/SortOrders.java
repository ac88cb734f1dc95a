package io.howdah.cluster.election;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// By which versions of its providers a member sorts text, as it reports them: `c 2.36, i 153.112`
/// (c: glibc, i: ICU). Only versions that a database uses are in it, and each member looks at a
/// moment of its own. So two sort otherwise only where both name a provider and agree on no version
/// of it: a new database brings a provider, or another version for its language, and an update of
/// the operating system changes all. Immutable.
///
/// @param versions by provider
record SortOrders(Map<String, Set<String>> versions) {

    /// Reads a report; what it does not understand is a provider of its own.
    static SortOrders parse(String report) {
        Map<String, Set<String>> versions = new HashMap<>();
        for (String one : report.split(", ")) {
            int space = one.indexOf(' ');
            String provider = space < 0 ? one : one.substring(0, space);
            if (!one.isEmpty()) {
                versions.computeIfAbsent(provider, fresh -> new HashSet<>())
                        .add(one.substring(space + 1));
            }
        }
        return new SortOrders(versions);
    }

    /// Whether some text is known to be sorted otherwise by the two.
    boolean differFrom(SortOrders other) {
        return versions.entrySet().stream()
                .anyMatch(entry -> {
                    Set<String> theirs = other.versions.get(entry.getKey());
                    return theirs != null && Collections.disjoint(entry.getValue(), theirs);
                });
    }
}
