package io.howdah.cluster.synchronous;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SynchronousChoiceTest {

    private static final NodeName LEADER = new NodeName("n0");
    private static final Incarnation ANY = new Incarnation("0badcafe");

    private final Map<NodeName, Member> members = new HashMap<>();
    private final Set<NodeName> excluded = new TreeSet<>();

    private SynchronousChoiceTest node(String name, String zone) {
        Member.Tags tags = new Member.Tags(false, 1, zone);
        members.put(new NodeName(name), new Member(ANY, "127.0.0.1", 1, 2, false, tags));
        return this;
    }

    private String chosen(int wanted, String... listed) {
        Set<NodeName> before =
                List.of(listed).stream().map(NodeName::new).collect(Collectors.toSet());
        return names(choose(healthy(), before, wanted));
    }

    private static String names(Set<NodeName> nodes) {
        return nodes.stream().map(NodeName::value).collect(Collectors.joining(" "));
    }

    private SortedMap<NodeName, Incarnation> healthy() {
        SortedMap<NodeName, Incarnation> healthy = new TreeMap<>();
        members.keySet().forEach(node -> healthy.put(node, ANY));
        healthy.remove(LEADER);
        return healthy;
    }

    private Set<NodeName> choose(
            SortedMap<NodeName, Incarnation> healthy, Set<NodeName> listed, int wanted) {
        return new TreeSet<>(
                new SynchronousChoice(LEADER, members, listed, excluded)
                        .of(healthy, wanted)
                        .keySet());
    }

    @Test
    void allAreChosenWhereNothingIsSaid() {
        node("n0", "").node("n1", "").node("n2", "").node("n3", "").node("n4", "");
        assertThat(chosen(0)).isEqualTo("n1 n2 n3 n4");
    }

    @Test
    void twiceAsManyAsHaveToConfirmAreChosen() {
        node("n0", "").node("n1", "").node("n2", "").node("n3", "").node("n4", "");
        assertThat(chosen(1)).isEqualTo("n1 n2");
        assertThat(chosen(2)).isEqualTo("n1 n2 n3 n4");
        assertThat(chosen(3)).isEqualTo("n1 n2 n3 n4");
    }

    @Test
    void otherZonesThanTheLeadersComeFirst() {
        node("n0", "a").node("n1", "a").node("n2", "a").node("n3", "b").node("n4", "c");
        assertThat(chosen(1)).isEqualTo("n3 n4");
        assertThat(chosen(1, "n1", "n2")).isEqualTo("n3 n4");
    }

    @Test
    void whereThereIsOneOtherZoneACommitIsAlwaysHeldThere() {
        node("n0", "a").node("n1", "a").node("n2", "b").node("n3", "b");
        assertThat(chosen(1)).isEqualTo("n2 n3");
    }

    @Test
    void amongEqualsThoseWhoAreListedStay() {
        node("n0", "").node("n1", "").node("n2", "").node("n3", "");
        assertThat(chosen(1, "n2", "n3")).isEqualTo("n2 n3");
    }

    @Test
    void whoIsExcludedIsNeverChosen() {
        node("n0", "a").node("n1", "a").node("n2", "b");
        excluded.add(new NodeName("n2"));
        assertThat(chosen(0)).isEqualTo("n1");
        assertThat(chosen(1, "n2")).isEqualTo("n1");
    }

    /// Whatever the zones and whoever comes and goes: a choice is followed by itself as long as
    /// nothing changes, has the size that was asked for, and leaves no zone out for a second one of
    /// another.
    @Test
    void aChoiceIsStableAndSpreadOverTheZones() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            members.clear();
            int count = 1 + random.nextInt(8);
            for (int i = 0; i <= count; i++) {
                node("n" + i, String.valueOf((char) ('a' + random.nextInt(4))));
            }
            int wanted = random.nextInt(4);
            Set<NodeName> listed = Set.of();
            for (int round = 0; round < 6; round++) {
                SortedMap<NodeName, Incarnation> healthy = healthy();
                healthy.keySet().removeIf(node -> random.nextInt(4) == 0);
                listed = choose(healthy, listed, wanted);
                String what = "seed " + seed + ": " + names(listed) + " of " + healthy.keySet();
                assertThat(choose(healthy, listed, wanted)).as(what).isEqualTo(listed);
                assertThat(listed)
                        .as(what)
                        .hasSize(
                                wanted == 0
                                        ? healthy.size()
                                        : Math.min(healthy.size(), 2 * wanted));
                assertSpread(what, healthy.keySet(), listed);
            }
        }
    }

    private void assertSpread(String what, Set<NodeName> healthy, Set<NodeName> chosen) {
        Map<String, Integer> in = new HashMap<>();
        chosen.forEach(node -> in.merge(zone(node), 1, Integer::sum));
        for (NodeName left : healthy) {
            if (!chosen.contains(left)) {
                int inItsZone =
                        in.getOrDefault(zone(left), 0) + (zone(left).equals(zone(LEADER)) ? 1 : 0);
                in.forEach((zone, number) ->
                        assertThat(number + (zone.equals(zone(LEADER)) ? 1 : 0))
                                .as("%s: %s was left out", what, left)
                                .isLessThanOrEqualTo(inItsZone + 1));
            }
        }
    }

    private String zone(NodeName node) {
        Member member = members.get(node);
        return member == null ? "" : member.tags().zone();
    }
}
