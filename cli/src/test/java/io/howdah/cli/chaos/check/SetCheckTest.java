package io.howdah.cli.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SetCheckTest {

    private static final int ACKNOWLEDGED = 1;
    private static final int LOCAL_ONLY = 2;
    private static final int UNKNOWN = 3;
    private static final int REFUSED = 4;
    private static final int UNKNOWN_AND_DISTURBED = 5;

    private final Attempts attempts = new Attempts();
    private final Sightings sightings = new Sightings();

    SetCheckTest() {
        attempts.end(attempts.begin(false), Outcome.ACKNOWLEDGED, 1_200);
        attempts.end(attempts.begin(true), Outcome.LOCAL_ONLY, 1_300);
        attempts.begin(false);
        attempts.end(attempts.begin(false), Outcome.REFUSED, 1_400);
        attempts.begin(true);
    }

    private static BitSet rows(int... rows) {
        var set = new BitSet();
        for (int row : rows) {
            set.set(row);
        }
        return set;
    }

    private List<String> atTheEnd(int... present) {
        return SetCheck.member("set", attempts, "n1", rows(present)).stream()
                .map(Violation::kind)
                .toList();
    }

    private List<String> readings(int... present) {
        return SetCheck.readings("set", attempts, sightings, rows(present)).stream()
                .map(Violation::kind)
                .toList();
    }

    @Test
    void whatClientsDoNotKnowMayBeThereOrNot() {
        assertThat(atTheEnd(ACKNOWLEDGED)).isEmpty();
        assertThat(atTheEnd(ACKNOWLEDGED, LOCAL_ONLY, UNKNOWN, UNKNOWN_AND_DISTURBED)).isEmpty();
    }

    @Test
    void lostRowIsFound() {
        assertThat(atTheEnd(LOCAL_ONLY, UNKNOWN)).containsExactly("lost");
        assertThat(SetCheck.member("set", attempts, "n1", rows()).getFirst().detail())
                .contains("1 acknowledged rows are not on n1")
                .contains("1 (told after 1.2 s)");
    }

    @Test
    void rowThatWasRefusedOrNeverTriedIsFound() {
        assertThat(atTheEnd(ACKNOWLEDGED, REFUSED)).containsExactly("phantom");
        assertThat(atTheEnd(ACKNOWLEDGED, 99)).containsExactly("phantom");
    }

    @Test
    void rowThatWasReadAndIsGoneIsFound() {
        sightings.read("n1", 0, 0, 1, rows(UNKNOWN), rows(UNKNOWN));

        assertThat(readings(ACKNOWLEDGED, UNKNOWN)).isEmpty();
        assertThat(readings(ACKNOWLEDGED)).containsExactly("vanished");
    }

    @Test
    void rowThatWasGoneForAWhileIsFound() {
        sightings.read("n1", 0, 0, 1, rows(ACKNOWLEDGED), rows(ACKNOWLEDGED));
        sightings.read("n1", 0, 0, 2, rows(ACKNOWLEDGED), rows());

        assertThat(readings(ACKNOWLEDGED)).containsExactly("vanished");
    }

    @Test
    void rowWhoseWaitWasCancelledMayVanishOnce() {
        sightings.read("n1", 0, 0, 1, rows(LOCAL_ONLY, UNKNOWN_AND_DISTURBED), rows(LOCAL_ONLY, 5));
        sightings.read("n1", 0, 0, 2, rows(LOCAL_ONLY, UNKNOWN_AND_DISTURBED), rows());
        assertThat(readings(ACKNOWLEDGED)).isEmpty();

        sightings.read("n1", 0, 0, 2, rows(LOCAL_ONLY), rows(LOCAL_ONLY));
        assertThat(readings(ACKNOWLEDGED, LOCAL_ONLY)).containsExactly("returned");
    }

    @Test
    void formerPrimaryMayAnswerWithWhatWas() {
        sightings.read("n1", 0, 0, 2, rows(ACKNOWLEDGED), rows(ACKNOWLEDGED));
        sightings.read("n1", 0, 0, 1, rows(ACKNOWLEDGED), rows());
        sightings.read("n1", 0, 0, 2, rows(ACKNOWLEDGED), rows(ACKNOWLEDGED));

        assertThat(readings(ACKNOWLEDGED)).isEmpty();
        assertThat(sightings.stale()).hasSize(1);
        assertThat(sightings.readings()).isEqualTo(3);
    }

    @Test
    void memberWithOtherRowsIsFound() {
        var present = new TreeMap<String, BitSet>();
        present.put("n1", rows(ACKNOWLEDGED, UNKNOWN));
        present.put("n2", rows(ACKNOWLEDGED, UNKNOWN));
        assertThat(SetCheck.members("set", present)).isEmpty();

        present.put("n3", rows(ACKNOWLEDGED));
        assertThat(SetCheck.members("set", present))
                .singleElement()
                .satisfies(violation -> assertThat(violation.detail()).contains("n1 and n3: 3"));
    }

    @Test
    void manyAreCountedAndFewAreNamed() {
        var many = new Attempts();
        for (int i = 0; i < 5_000; i++) {
            many.end(many.begin(false), Outcome.ACKNOWLEDGED, i);
        }
        Violation violation = SetCheck.member("set", many, "n2", rows()).getFirst();
        assertThat(violation.count()).isEqualTo(5_000);
        assertThat(violation.detail()).hasSizeLessThan(400).endsWith("…");
        assertThat(many.counts())
                .containsAllEntriesOf(Map.of(Outcome.ACKNOWLEDGED, 5_000, Outcome.UNKNOWN, 0));
    }
}
