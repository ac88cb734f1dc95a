package io.howdah.proxy.access;

import io.howdah.proxy.protocol.Messages;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Databases or roles that a rule is for. Immutable.
///
/// @param all whether it is for all of them
/// @param sameAsUser for a database that is called as the role
/// @param replication whether it is for physical replication, as `all` is not
/// @param named these, in any case; a character stands for one byte
record Names(boolean all, boolean sameAsUser, boolean replication, Set<String> named) {

    /// Reads one column, divided at its commas.
    ///
    /// @throws IllegalArgumentException for what needs the catalog or another file
    static Names of(List<Word> words, boolean databases) {
        boolean all = false;
        boolean same = false;
        boolean replication = false;
        var named = new HashSet<String>();
        for (Word word : words) {
            if (word.isKeyword("all")) {
                all = true;
            } else if (databases && word.isKeyword("sameuser")) {
                same = true;
            } else if (word.isAnyKeyword(Set.of("samerole", "samegroup"))
                    || word.begins("+")
                    || word.begins("@")
                    || word.begins("/")) {
                throw new IllegalArgumentException(
                        "has '"
                                + word.text()
                                + "', which the proxy cannot judge; write the names themselves");
            } else if (databases && word.isKeyword("replication")) {
                replication = true;
            } else {
                named.add(Messages.utf8(word.text()));
            }
        }
        return new Names(all, same, replication, Set.copyOf(named));
    }

    boolean contain(String name, String user) {
        return all || (sameAsUser && name.equals(user)) || named.contains(name);
    }
}
