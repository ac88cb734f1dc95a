package io.howdah.cluster.state;

import java.util.Collection;

/// What nodes of different versions of Howdah have to agree on before they use it: the commands and
/// what they do. Each version speaks all protocols up to its [#CURRENT]; every member reports it,
/// and the agreed state names the one that all of them speak, which only rises. So a rolling
/// upgrade is: replace one node after the other; with the last one the new commands come into use.
///
/// Whoever adds a command, a field of one, or changes what one does to the state, raises `CURRENT`,
/// returns the new number from [Command#protocol()] for it (or writes the field only when
/// [ClusterState#protocol()] has reached it), and leaves older recordings replayable
/// (`RecordedLogTest`).
public final class Protocol {

    /// What every version speaks.
    public static final int FIRST = 1;

    /// What this version speaks at most.
    public static final int CURRENT = 1;

    private Protocol() {}

    /// What all of them speak, but never less than was agreed before: what was used since may be in
    /// the state.
    static int agreed(int before, Collection<Member> members) {
        int lowest = members.stream().mapToInt(Member::protocol).min().orElse(FIRST);
        return Math.max(before, lowest);
    }
}
