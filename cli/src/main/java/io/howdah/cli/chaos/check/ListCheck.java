package io.howdah.cli.chaos.check;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/// Whether lists that were only ever appended to are as their clients were told. Each acknowledged
/// append was told its position and the value before it; so the answers together fix each list, and
/// a list that is another one now gives itself away.
public final class ListCheck {

    private static final String WORKLOAD = "list";

    private final Appends appends;
    private final List<String> phantoms = new ArrayList<>();
    private final List<String> twice = new ArrayList<>();
    private final List<String> reordered = new ArrayList<>();
    private final BitSet present = new BitSet();

    private ListCheck(Appends appends) {
        this.appends = appends;
    }

    /// Judges the lists that a member has at the end.
    ///
    /// @param lists each key's values, in their order
    /// @return `lost`: acknowledged and not in its list; `phantom`: in a list, and refused, never
    ///   appended, or of another key; `twice`; `reordered`: not where its client was told, or
    ///   before a value that was acknowledged earlier than it was begun
    public static List<Violation> member(
            Appends appends, String member, Map<Integer, int[]> lists) {
        var check = new ListCheck(appends);
        lists.forEach(check::list);
        return check.verdict(member);
    }

    private void list(int key, int[] values) {
        int earliestEnd = Integer.MAX_VALUE;
        for (int i = values.length - 1; i >= 0; i--) {
            int value = values[i];
            if (!isAppended(key, value)) {
                phantoms.add("%d in list %d".formatted(value, key));
                continue;
            }
            if (present.get(value)) {
                twice.add("%d in list %d".formatted(value, key));
            }
            present.set(value);
            if (appends.attempts().outcome(value) == Outcome.ACKNOWLEDGED) {
                int before = i == 0 ? 0 : values[i - 1];
                // A later one in the list that had ended before this one began: time runs
                // backwards.
                if (i + 1 != appends.position(value)
                        || before != appends.predecessor(value)
                        || earliestEnd < appends.beginMillis(value)) {
                    reordered.add(
                            "%d is at %d of list %d behind %d, was told %d behind %d"
                                    .formatted(
                                            value,
                                            i + 1,
                                            key,
                                            before,
                                            appends.position(value),
                                            appends.predecessor(value)));
                }
                earliestEnd = Math.min(earliestEnd, appends.endMillis(value));
            }
        }
    }

    private boolean isAppended(int key, int value) {
        return appends.attempts().has(value)
                && Appends.keyOf(value) == key
                && appends.attempts().outcome(value) != Outcome.REFUSED;
    }

    private List<Violation> verdict(String member) {
        var violations = new ArrayList<Violation>();
        var lost = new ArrayList<String>();
        Attempts attempts = appends.attempts();
        for (int value = 1; value <= attempts.count(); value++) {
            if (attempts.outcome(value) == Outcome.ACKNOWLEDGED && !present.get(value)) {
                lost.add(attempts.describe(value));
            }
        }
        add(violations, "lost", "acknowledged values are in no list on " + member, lost);
        add(violations, "phantom", "values on " + member + " were never appended", phantoms);
        add(violations, "twice", "values are there twice on " + member, twice);
        add(violations, "reordered", "values are not where they were on " + member, reordered);
        return violations;
    }

    private static void add(
            List<Violation> violations, String kind, String what, List<String> examples) {
        if (!examples.isEmpty()) {
            violations.add(Violation.of(WORKLOAD, kind, what, examples));
        }
    }
}
