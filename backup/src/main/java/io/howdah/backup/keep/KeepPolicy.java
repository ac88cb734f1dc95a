package io.howdah.backup.keep;

import io.howdah.backup.catalog.BackupId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which backups are kept: each for which one rule at least speaks, the newest one always, and
/// those that an operator keeps. What is kept by hand counts for the rules as any other does: so it
/// takes no other's place, and holds none. What lies beside the newest line of timelines takes no
/// place either: the rules are asked once of all backups, and once of those that lead to that line;
/// what either answer keeps, is kept. Of a day, a week (from Monday on) or a month, in UTC, the
/// last backup stands for all; such periods count only where there is a backup. Immutable.
///
/// @param last how many of the newest, 0 or more
/// @param age all that ended within that time before the newest one; zero for none
/// @param daily how many days, 0 or more
/// @param weekly how many weeks, 0 or more
/// @param monthly how many months, 0 or more
public record KeepPolicy(int last, Duration age, int daily, int weekly, int monthly) {

    private static final String OF_THE_LINE = " on the newest line of timelines";

    /// All are kept.
    public static final KeepPolicy ALL = new KeepPolicy(Integer.MAX_VALUE, Duration.ZERO, 0, 0, 0);

    private enum Period {
        DAY("day", "uuuu-MM-dd"),
        WEEK("week", "YYYY-'W'ww"),
        MONTH("month", "uuuu-MM");

        private final String word;
        private final DateTimeFormatter format;

        Period(String word, String pattern) {
            this.word = word;
            // Weeks as ISO 8601 has them.
            this.format =
                    DateTimeFormatter.ofPattern(pattern, Locale.forLanguageTag("und-u-fw-mon"))
                            .localizedBy(Locale.UK)
                            .withZone(ZoneOffset.UTC);
        }
    }

    /// A backup that is to be judged.
    ///
    /// @param id its name
    /// @param ended when it ended, by its server's clock
    /// @param leads whether the newest line of timelines is reached from it
    public record Candidate(BackupId id, Instant ended, boolean leads) {}

    /// What is said of a backup.
    ///
    /// @param backup which one
    /// @param reasons why it is kept, in words; none where it may go
    /// @param alone whether no rule speaks for it, and it is kept by hand: for itself, without the
    ///   moments after it
    public record Verdict(Candidate backup, List<String> reasons, boolean alone) {

        public Verdict {
            reasons = List.copyOf(reasons);
        }

        /// Whether it is kept.
        public boolean isKept() {
            return !reasons.isEmpty();
        }
    }

    /// @throws IllegalArgumentException when a number is negative, or no rule keeps anything
    public KeepPolicy {
        if (last < 0 || daily < 0 || weekly < 0 || monthly < 0 || age.isNegative()) {
            throw new IllegalArgumentException("what is kept cannot be less than nothing");
        }
        if (last == 0 && daily == 0 && weekly == 0 && monthly == 0 && age.isZero()) {
            throw new IllegalArgumentException("no rule says what is kept");
        }
    }

    /// Judges all backups of a repository.
    ///
    /// @param backups oldest first, by name
    /// @param byHand those that an operator keeps now, each with the end of its time, if it has
    ///   one; what is no backup of these does not count
    /// @return what is said of each, in the same order
    public List<Verdict> judge(List<Candidate> backups, Map<BackupId, Optional<Instant>> byHand) {
        Map<BackupId, List<String>> ofAll = reasons(backups);
        Map<BackupId, List<String>> ofLine =
                reasons(backups.stream().filter(Candidate::leads).toList());
        var verdicts = new ArrayList<Verdict>();
        for (Candidate backup : backups) {
            List<String> first = ofAll.getOrDefault(backup.id, List.of());
            var reasons = new ArrayList<>(first);
            ofLine.getOrDefault(backup.id, List.of()).stream()
                    .filter(reason -> !first.contains(reason))
                    .map(reason -> reason + OF_THE_LINE)
                    .forEach(reasons::add);
            Optional<Instant> until = byHand.get(backup.id);
            boolean alone = reasons.isEmpty() && until != null;
            if (until != null) {
                reasons.add(until.map(end -> "kept until " + end).orElse("kept by hand"));
            }
            verdicts.add(new Verdict(backup, reasons, alone));
        }
        return List.copyOf(verdicts);
    }

    /// What the rules say of each of some backups, as if there were no others.
    private Map<BackupId, List<String>> reasons(List<Candidate> backups) {
        var all = new HashMap<BackupId, List<String>>();
        var days = new HashSet<String>();
        var weeks = new HashSet<String>();
        var months = new HashSet<String>();
        for (int place = 0; place < backups.size(); place++) {
            Candidate backup = backups.get(backups.size() - 1 - place);
            var reasons = new ArrayList<String>();
            if (place == 0) {
                reasons.add("the newest");
            } else if (place < last && last < Integer.MAX_VALUE) {
                reasons.add("one of the last " + last);
            } else if (place < last) {
                reasons.add("all are kept");
            }
            if (isYoung(backup, backups.getLast())) {
                reasons.add("not older than " + words(age));
            }
            addPeriod(reasons, backup, Period.DAY, daily, days);
            addPeriod(reasons, backup, Period.WEEK, weekly, weeks);
            addPeriod(reasons, backup, Period.MONTH, monthly, months);
            all.put(backup.id, reasons);
        }
        return all;
    }

    private boolean isYoung(Candidate backup, Candidate newest) {
        return !age.isZero() && !backup.ended.isBefore(newest.ended.minus(age));
    }

    /// The first one that is met of a period, so its last, stands for it.
    private static void addPeriod(
            List<String> reasons, Candidate backup, Period period, int most, Set<String> seen) {
        String name = period.format.format(backup.ended);
        if (seen.size() < most && seen.add(name)) {
            reasons.add("the last of the " + period.word + " " + name);
        }
    }

    private static String words(Duration age) {
        return age.toSeconds() % Duration.ofDays(1).toSeconds() == 0
                ? age.toDays() + "d"
                : age.toString().substring(2).toLowerCase(Locale.ROOT);
    }
}
