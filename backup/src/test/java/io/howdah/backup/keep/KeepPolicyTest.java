package io.howdah.backup.keep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.keep.KeepPolicy.Candidate;
import io.howdah.backup.keep.KeepPolicy.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class KeepPolicyTest {

    private static final Instant UNTIL = Instant.parse("2030-01-01T00:00:00Z");

    @Test
    void eachRuleKeepsWhatItSaysAndSaysWhy() {
        List<Candidate> backups =
                List.of(
                        at("2026-09-30T22:00:00Z"),
                        at("2026-10-31T22:00:00Z"),
                        at("2026-11-01T22:00:00Z"),
                        at("2026-11-22T22:00:00Z"),
                        at("2026-11-27T10:00:00Z"),
                        at("2026-11-27T22:00:00Z"),
                        at("2026-11-28T22:00:00Z"));
        assertThat(kept(new KeepPolicy(2, Duration.ZERO, 0, 0, 0), backups)).containsExactly(5, 6);
        assertThat(kept(new KeepPolicy(0, Duration.ofDays(2), 0, 0, 0), backups))
                .containsExactly(4, 5, 6);
        assertThat(kept(new KeepPolicy(0, Duration.ZERO, 2, 0, 0), backups)).containsExactly(5, 6);
        assertThat(kept(new KeepPolicy(0, Duration.ZERO, 0, 2, 0), backups)).containsExactly(3, 6);
        assertThat(kept(new KeepPolicy(0, Duration.ZERO, 0, 0, 3), backups))
                .containsExactly(0, 1, 6);
        assertThat(new KeepPolicy(2, Duration.ofDays(14), 1, 1, 2).judge(backups, Map.of()))
                .extracting(Verdict::reasons)
                .containsExactly(
                        List.of(),
                        List.of("the last of the month 2026-10"),
                        List.of(),
                        List.of("not older than 14d"),
                        List.of("not older than 14d"),
                        List.of("one of the last 2", "not older than 14d"),
                        List.of(
                                "the newest",
                                "not older than 14d",
                                "the last of the day 2026-11-28",
                                "the last of the week 2026-W48",
                                "the last of the month 2026-11"));
    }

    @Test
    void noPolicyIsOneThatKeepsNothing() {
        assertThatThrownBy(() -> new KeepPolicy(0, Duration.ZERO, 0, 0, 0))
                .hasMessage("no rule says what is kept");
        assertThatThrownBy(() -> new KeepPolicy(-1, Duration.ZERO, 0, 0, 1))
                .hasMessageContaining("less than nothing");
        assertThat(new KeepPolicy(1, Duration.ZERO, 0, 0, 0).judge(List.of(), Map.of())).isEmpty();
    }

    /// Each rule, said once more in another way.
    @Test
    void everyBackupIsJudgedAsTheRulesSay() {
        var random = new Random(1);
        for (int round = 0; round < 5000; round++) {
            List<Candidate> backups = backups(random);
            var policy =
                    new KeepPolicy(
                            random.nextInt(4),
                            Duration.ofHours(random.nextInt(400)),
                            random.nextInt(4),
                            random.nextInt(4),
                            1 + random.nextInt(3));
            assertThat(kept(policy, backups))
                    .as("%s %s", policy, backups)
                    .isEqualTo(expected(policy, backups));
        }
    }

    /// Of each set of up to eight backups each subset is kept by hand: those stay, and every other
    /// one stays, or goes, as it would if none were.
    @Test
    void whatIsKeptByHandStaysAndNothingElseChanges() {
        var random = new Random(2);
        for (int round = 0; round < 40; round++) {
            List<Candidate> all = backups(random);
            List<Candidate> backups = all.subList(0, Math.min(8, all.size()));
            var policy =
                    new KeepPolicy(
                            random.nextInt(3),
                            Duration.ofHours(random.nextInt(200)),
                            random.nextInt(3),
                            random.nextInt(2),
                            1);
            List<Verdict> ruled = policy.judge(backups, Map.of());
            for (int subset = 0; subset < 1 << backups.size(); subset++) {
                var byHand = new HashMap<BackupId, Optional<Instant>>();
                // what is gone already
                byHand.put(BackupId.at(Instant.EPOCH), Optional.empty());
                for (int i = 0; i < backups.size(); i++) {
                    if ((subset >> i & 1) == 1) {
                        byHand.put(
                                backups.get(i).id(),
                                i % 2 == 0 ? Optional.empty() : Optional.of(UNTIL));
                    }
                }
                List<Verdict> verdicts = policy.judge(backups, byHand);
                for (int i = 0; i < backups.size(); i++) {
                    boolean kept = byHand.containsKey(backups.get(i).id());
                    var reasons = new ArrayList<>(ruled.get(i).reasons());
                    if (kept) {
                        reasons.add(i % 2 == 0 ? "kept by hand" : "kept until " + UNTIL);
                    }
                    assertThat(verdicts.get(i))
                            .isEqualTo(
                                    new Verdict(
                                            backups.get(i),
                                            reasons,
                                            kept && !ruled.get(i).isKept()));
                }
            }
        }
    }

    /// A primary publishes a backup and dies before its last WAL has come to a standby.
    @Test
    void onlyBackupThatLeadsToTheNewestLineStaysBesideANewerOne() {
        List<Candidate> backups =
                List.of(
                        at("2026-11-26T22:00:00Z"),
                        at("2026-11-27T22:00:00Z"),
                        beside(at("2026-11-28T22:00:00Z")));
        assertThat(new KeepPolicy(1, Duration.ZERO, 0, 0, 0).judge(backups, Map.of()))
                .extracting(Verdict::reasons)
                .containsExactly(
                        List.of(),
                        List.of("the newest on the newest line of timelines"),
                        List.of("the newest"));
    }

    /// Whatever lies beside it: nothing goes that would stay if all led there, nor what would stay
    /// if there were only those that do; and nothing else stays.
    @Test
    void whatLiesBesideTheNewestLineTakesNoPlaceAndGoesNoSooner() {
        var random = new Random(3);
        for (int round = 0; round < 5000; round++) {
            List<Candidate> backups =
                    backups(random).stream()
                            .map(each -> random.nextInt(3) == 0 ? beside(each) : each)
                            .toList();
            var policy =
                    new KeepPolicy(
                            random.nextInt(4),
                            Duration.ofHours(random.nextInt(400)),
                            random.nextInt(4),
                            random.nextInt(4),
                            1 + random.nextInt(3));
            List<Candidate> leading = backups.stream().filter(Candidate::leads).toList();
            var expected = new TreeSet<>(expected(policy, backups));
            expected(policy, leading)
                    .forEach(place -> expected.add(backups.indexOf(leading.get(place))));
            assertThat(kept(policy, backups))
                    .as("%s %s", policy, backups)
                    .containsExactlyElementsOf(expected);
        }
    }

    private static Candidate beside(Candidate backup) {
        return new Candidate(backup.id(), backup.ended(), false);
    }

    private static List<Integer> expected(KeepPolicy policy, List<Candidate> backups) {
        var kept = new ArrayList<Integer>();
        for (int i = 0; i < backups.size(); i++) {
            int newer = backups.size() - 1 - i;
            Duration age = Duration.between(backups.get(i).ended(), backups.getLast().ended());
            if (newer == 0
                    || newer < policy.last()
                    || (!policy.age().isZero() && age.compareTo(policy.age()) <= 0)
                    || standsFor(backups, i, policy.daily(), day -> day.toString())
                    || standsFor(backups, i, policy.weekly(), KeepPolicyTest::week)
                    || standsFor(
                            backups,
                            i,
                            policy.monthly(),
                            day -> day.getYear() + "-" + day.getMonth())) {
                kept.add(i);
            }
        }
        return kept;
    }

    private static String week(LocalDate day) {
        return day.get(IsoFields.WEEK_BASED_YEAR)
                + " "
                + day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
    }

    /// Whether no later one is of its period, and fewer than `most` later periods have one.
    private static boolean standsFor(
            List<Candidate> backups, int place, int most, Function<LocalDate, String> period) {
        List<String> later =
                backups.subList(place + 1, backups.size()).stream()
                        .map(each -> period.apply(day(each)))
                        .distinct()
                        .toList();
        return !later.contains(period.apply(day(backups.get(place)))) && later.size() < most;
    }

    private static LocalDate day(Candidate backup) {
        return backup.ended().atZone(ZoneOffset.UTC).toLocalDate();
    }

    private static List<Candidate> backups(Random random) {
        var backups = new ArrayList<Candidate>();
        Instant time = Instant.parse("2026-12-20T00:00:00Z");
        for (int count = random.nextInt(12); count >= 0; count--) {
            time = time.plus(Duration.ofHours(random.nextInt(120)));
            backups.add(new Candidate(BackupId.at(time), time, true));
        }
        return backups;
    }

    private static List<Integer> kept(KeepPolicy policy, List<Candidate> backups) {
        List<Verdict> verdicts = policy.judge(backups, Map.of());
        var kept = new ArrayList<Integer>();
        for (int i = 0; i < verdicts.size(); i++) {
            assertThat(verdicts.get(i).backup()).isEqualTo(backups.get(i));
            if (verdicts.get(i).isKept()) {
                kept.add(i);
            }
        }
        return kept;
    }

    private static Candidate at(String time) {
        Instant ended = Instant.parse(time);
        return new Candidate(BackupId.at(ended), ended, true);
    }
}
