package io.howdah.cli.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ListCheckTest {

    private final Appends appends = new Appends();

    /// Values 1, 2 and 3 one after the other, 4 without an answer, 5 refused.
    ListCheckTest() {
        for (int i = 1; i <= 3; i++) {
            appends.end(
                    appends.begin(false, 100 * i), Outcome.ACKNOWLEDGED, i, i - 1, 100 * i + 50);
        }
        appends.begin(true, 400);
        appends.end(appends.begin(false, 500), Outcome.REFUSED, 0, 0, 550);
    }

    private List<String> kinds(int... values) {
        return kinds(Map.of(0, values));
    }

    private List<String> kinds(Map<Integer, int[]> lists) {
        return ListCheck.member(appends, "n1", lists).stream().map(Violation::kind).toList();
    }

    @Test
    void aListAsItWasToldPasses() {
        assertThat(kinds(1, 2, 3)).isEmpty();
        assertThat(kinds(1, 2, 3, 4)).isEmpty();
    }

    @Test
    void lostValueIsFound() {
        assertThat(kinds(1, 2)).containsExactly("lost");
        assertThat(kinds(1, 3)).contains("lost", "reordered");
        assertThat(kinds(Map.of())).containsExactly("lost");
    }

    @Test
    void reorderedValuesAreFound() {
        assertThat(kinds(1, 3, 2)).containsExactly("reordered");
        assertThat(kinds(4, 1, 2, 3)).containsExactly("reordered");
    }

    @Test
    void phantomIsFound() {
        assertThat(kinds(1, 2, 3, 5)).containsExactly("phantom");
        assertThat(kinds(1, 2, 3, 77)).containsExactly("phantom");
        assertThat(kinds(Map.of(0, new int[] {1, 2, 3}, 1, new int[] {4})))
                .containsExactly("phantom");
    }

    @Test
    void valueThatIsThereTwiceIsFound() {
        assertThat(kinds(1, 2, 3, 4, 4)).containsExactly("twice");
    }

    @Test
    void timeThatRunsBackwardsIsFound() {
        var told = new Appends();
        told.begin(false, 100);
        told.begin(false, 300);
        // the list has the later one first, and both clients were told so
        told.end(1, Outcome.ACKNOWLEDGED, 2, 2, 200);
        told.end(2, Outcome.ACKNOWLEDGED, 1, 0, 400);

        assertThat(ListCheck.member(told, "n1", Map.of(0, new int[] {2, 1})))
                .extracting(Violation::kind)
                .containsExactly("reordered");
    }

    @Test
    void eachKeyHasItsValues() {
        assertThat(Appends.keyOf(1)).isZero();
        assertThat(Appends.keyOf(Appends.VALUES_PER_KEY)).isZero();
        assertThat(Appends.keyOf(Appends.VALUES_PER_KEY + 1)).isEqualTo(1);
    }
}
