package io.howdah.consensus;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/// The rule by which a node finds its group, or makes the first one. Pure.
///
/// One node alone decides who is in the first group: the first by name of those configured. All
/// others wait to find themselves in it, so that two nodes can never begin with different groups. A
/// node that lost its storage has a new peer id and is in no group; it joins in place of its former
/// self, which the group forgets in the same step.
public final class Formation {

    private Formation() {}

    /// What to do next.
    public sealed interface Step {

        /// Start as a member of this group, which contains the node itself.
        record Start(List<Peer> group) implements Step {}

        /// Ask this group to take the node in.
        record Join(List<Peer> group) implements Step {}

        /// Nothing yet; ask again soon.
        ///
        /// @param reason who or what is missing, for an operator
        record Wait(String reason) implements Step {}
    }

    /// The next step of the node that introduces itself as `self`.
    ///
    /// @param self this node; where it is formed, its group is what its storage says
    /// @param configured the names of the nodes that the first group is made of
    /// @param answers the others' introductions, by the name of the node that was asked; those that
    ///   did not answer are missing
    public static Step next(
            Introduction self, Collection<String> configured, Map<String, Introduction> answers) {
        if (self.formed()) {
            return new Step.Start(self.group());
        }
        for (Map.Entry<String, Introduction> answer : answers.entrySet()) {
            String complaint = complaint(self, answer.getKey(), answer.getValue());
            if (!complaint.isEmpty()) {
                return new Step.Wait(complaint);
            }
        }
        List<Introduction> formed =
                answers.values().stream()
                        .filter(Introduction::formed)
                        .sorted(Comparator.comparing(answer -> answer.self().nodeName()))
                        .toList();
        return formed.isEmpty()
                ? first(self, new TreeSet<>(configured), answers)
                : enter(self, formed);
    }

    private static String complaint(Introduction self, String asked, Introduction answer) {
        String name = answer.self().nodeName();
        if (!name.equals(asked)) {
            return "asked for %s at its address, but %s answered".formatted(asked, name);
        }
        if (!answer.cluster().equals(self.cluster())) {
            return "%s belongs to cluster %s, not to %s"
                    .formatted(name, answer.cluster(), self.cluster());
        }
        if (answer.self().address().equals(self.self().address())) {
            return "%s has the same address as this node: %s"
                    .formatted(name, answer.self().address());
        }
        return "";
    }

    private static Step enter(Introduction self, List<Introduction> formed) {
        String myId = self.self().peerId();
        Introduction first = formed.getFirst();
        for (Introduction other : formed) {
            if (other.knows(myId)) {
                return new Step.Start(other.group());
            }
            if (other.group().stream().noneMatch(peer -> first.knows(peer.peerId()))) {
                return new Step.Wait(
                        "%s and %s belong to different groups"
                                .formatted(first.self().nodeName(), other.self().nodeName()));
            }
        }
        return new Step.Join(first.group());
    }

    private static Step first(
            Introduction self, NavigableSet<String> configured, Map<String, Introduction> answers) {
        String me = self.self().nodeName();
        if (!configured.contains(me)) {
            return new Step.Wait("waiting for a group to join");
        }
        List<Peer> group = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (String name : configured) {
            Introduction answer = name.equals(me) ? self : answers.get(name);
            if (answer == null) {
                missing.add(name);
            } else {
                group.add(answer.self());
            }
        }
        if (!missing.isEmpty()) {
            return new Step.Wait("waiting for " + String.join(", ", missing) + " to appear");
        }
        Set<String> addresses = new HashSet<>();
        for (Peer peer : group) {
            if (!addresses.add(peer.address())) {
                return new Step.Wait("two nodes have the same address: " + peer.address());
            }
        }
        return configured.first().equals(me)
                ? new Step.Start(List.copyOf(group))
                : new Step.Wait("waiting for " + configured.first() + " to form the group");
    }
}
