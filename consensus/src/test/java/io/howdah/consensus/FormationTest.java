package io.howdah.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FormationTest {

    private static final List<String> CONFIGURED = List.of("n1", "n2", "n3");
    private static final Peer N1 = Peer.of("n1-a", "h1", 1);
    private static final Peer N2 = Peer.of("n2-a", "h2", 1);
    private static final Peer N3 = Peer.of("n3-a", "h3", 1);
    private static final Peer N3_AGAIN = Peer.of("n3-b", "h3", 1);

    @Test
    void formedStorageStartsWhateverTheOthersSay() {
        assertThat(Formation.next(formed(N1, N1, N2), CONFIGURED, Map.of("n2", formed(N2, N2))))
                .isEqualTo(new Formation.Step.Start(List.of(N1, N2)));
    }

    @Test
    void firstByNameFormsTheGroupOfAllConfigured() {
        assertThat(Formation.next(fresh(N1), CONFIGURED, answers(fresh(N2), fresh(N3))))
                .isEqualTo(new Formation.Step.Start(List.of(N1, N2, N3)));
    }

    @Test
    void othersWaitForTheFirst() {
        assertThat(Formation.next(fresh(N2), CONFIGURED, answers(fresh(N1), fresh(N3))))
                .isEqualTo(new Formation.Step.Wait("waiting for n1 to form the group"));
    }

    @Test
    void whoFindsItselfInAFormedGroupStartsWithIt() {
        assertThat(Formation.next(fresh(N3), CONFIGURED, answers(formed(N1, N1, N2, N3))))
                .isEqualTo(new Formation.Step.Start(List.of(N1, N2, N3)));
    }

    @Test
    void whoLostItsStorageJoinsAsANewPeer() {
        assertThat(Formation.next(fresh(N3_AGAIN), CONFIGURED, answers(formed(N1, N1, N2, N3))))
                .isEqualTo(new Formation.Step.Join(List.of(N1, N2, N3)));
    }

    @Test
    void firstByNameJoinsTooWhenItLostItsStorage() {
        Peer again = Peer.of("n1-b", "h1", 1);
        assertThat(
                        Formation.next(
                                fresh(again),
                                CONFIGURED,
                                answers(formed(N2, N1, N2, N3), fresh(N3))))
                .isEqualTo(new Formation.Step.Join(List.of(N1, N2, N3)));
    }

    @Test
    void nobodyFormsAGroupWhileSomebodyIsMissing() {
        assertThat(Formation.next(fresh(N1), CONFIGURED, answers(fresh(N3))))
                .isEqualTo(new Formation.Step.Wait("waiting for n2 to appear"));
        assertThat(Formation.next(fresh(N1), CONFIGURED, Map.of()))
                .isEqualTo(new Formation.Step.Wait("waiting for n2, n3 to appear"));
    }

    @Test
    void nodeAloneFormsAGroupOfOne() {
        assertThat(Formation.next(fresh(N1), List.of("n1"), Map.of()))
                .isEqualTo(new Formation.Step.Start(List.of(N1)));
    }

    @Test
    void nodeThatIsNotConfiguredOnlyJoins() {
        Peer fourth = Peer.of("n4-a", "h4", 1);
        assertThat(Formation.next(fresh(fourth), CONFIGURED, answers(fresh(N1))))
                .isEqualTo(new Formation.Step.Wait("waiting for a group to join"));
        assertThat(Formation.next(fresh(fourth), CONFIGURED, answers(formed(N1, N1, N2))))
                .isEqualTo(new Formation.Step.Join(List.of(N1, N2)));
    }

    @Test
    void strangersAreNamed() {
        Introduction stranger = new Introduction("other", N2, true, List.of(N2));
        assertThat(Formation.next(fresh(N1), CONFIGURED, answers(stranger)))
                .isEqualTo(new Formation.Step.Wait("n2 belongs to cluster other, not to c"));
        assertThat(Formation.next(fresh(N1), CONFIGURED, Map.of("n2", fresh(N3))))
                .isEqualTo(new Formation.Step.Wait("asked for n2 at its address, but n3 answered"));
        assertThat(Formation.next(fresh(N1), CONFIGURED, answers(formed(N2, N2), formed(N3, N3))))
                .isEqualTo(new Formation.Step.Wait("n2 and n3 belong to different groups"));
        assertThat(Formation.next(fresh(N1), CONFIGURED, answers(fresh(Peer.of("n2-a", "h1", 1)))))
                .isEqualTo(new Formation.Step.Wait("n2 has the same address as this node: h1:1"));
    }

    private static Introduction fresh(Peer self) {
        return new Introduction("c", self, false, List.of());
    }

    private static Introduction formed(Peer self, Peer... group) {
        return new Introduction("c", self, true, List.of(group));
    }

    private static Map<String, Introduction> answers(Introduction... introductions) {
        return List.of(introductions).stream()
                .collect(
                        java.util.stream.Collectors.toMap(
                                each -> each.self().nodeName(), each -> each));
    }
}
