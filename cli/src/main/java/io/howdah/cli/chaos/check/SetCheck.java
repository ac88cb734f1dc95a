package io.howdah.cli.chaos.check;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/// Whether a set of unique inserts is as its clients were told.
public final class SetCheck {

    private SetCheck() {}

    /// Judges the rows that a member has at the end.
    ///
    /// @param workload whose attempts they are
    /// @param attempts what was tried; rows bear the attempts' numbers
    /// @param member its name
    /// @param present the rows that it has
    /// @return `lost`: acknowledged and not there; `phantom`: there, and refused or never tried
    public static List<Violation> member(
            String workload, Attempts attempts, String member, BitSet present) {
        var lost = new ArrayList<String>();
        var phantoms = new ArrayList<String>();
        for (int i = 1; i <= attempts.count(); i++) {
            Outcome outcome = attempts.outcome(i);
            if (outcome == Outcome.ACKNOWLEDGED && !present.get(i)) {
                lost.add(attempts.describe(i));
            } else if (outcome == Outcome.REFUSED && present.get(i)) {
                phantoms.add(attempts.describe(i));
            }
        }
        present.stream()
                .filter(row -> !attempts.has(row))
                .forEach(row -> phantoms.add(Integer.toString(row)));
        var violations = new ArrayList<Violation>();
        add(violations, workload, "lost", "acknowledged rows are not on " + member, lost);
        add(
                violations,
                workload,
                "phantom",
                "rows on " + member + " were never committed",
                phantoms);
        return violations;
    }

    /// Judges what was read on the primary meanwhile.
    ///
    /// @param present the rows that the primary has at the end
    /// @return `vanished`: read, and gone later, though its client's wait was not cancelled and its
    ///   session not ended on purpose; `returned`: read, gone, and there again
    public static List<Violation> readings(
            String workload, Attempts attempts, Sightings sightings, BitSet present) {
        BitSet gone = sightings.gone();
        var vanished = new ArrayList<String>();
        for (int i = 1; i <= attempts.count(); i++) {
            boolean missing = gone.get(i) || (sightings.wasSeen(i) && !present.get(i));
            if (missing && mustStay(attempts, i)) {
                vanished.add(attempts.describe(i));
            }
        }
        var violations = new ArrayList<Violation>();
        add(violations, workload, "vanished", "rows were read, and were gone later", vanished);
        add(
                violations,
                workload,
                "returned",
                "rows were gone, and came back",
                sightings.returned());
        return violations;
    }

    /// A wait that was cancelled, or a session that was ended in its wait, makes a commit visible
    /// that no standby holds: PostgreSQL has no other way. Everything else that is read is held by
    /// the quorum.
    private static boolean mustStay(Attempts attempts, int attempt) {
        return switch (attempts.outcome(attempt)) {
            case ACKNOWLEDGED -> true;
            case UNKNOWN -> !attempts.disturbed(attempt);
            case LOCAL_ONLY, REFUSED -> false;
        };
    }

    /// Whether all members have the same rows.
    ///
    /// @param present the rows of each member
    /// @return `differs`: a member has other rows than the first
    public static List<Violation> members(String workload, Map<String, BitSet> present) {
        var violations = new ArrayList<Violation>();
        String first = null;
        for (Map.Entry<String, BitSet> member : present.entrySet()) {
            if (first == null) {
                first = member.getKey();
                continue;
            }
            BitSet difference = (BitSet) member.getValue().clone();
            difference.xor(present.get(first));
            add(
                    violations,
                    workload,
                    "differs",
                    "rows are on only one of " + first + " and " + member.getKey(),
                    difference.stream().mapToObj(Integer::toString).toList());
        }
        return violations;
    }

    private static void add(
            List<Violation> violations,
            String workload,
            String kind,
            String what,
            List<String> examples) {
        if (!examples.isEmpty()) {
            violations.add(Violation.of(workload, kind, what, examples));
        }
    }
}
