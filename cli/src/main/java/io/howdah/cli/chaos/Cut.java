package io.howdah.cli.chaos;

import io.howdah.cli.demo.DemoSettings;
import io.howdah.cli.host.Loss;
import io.howdah.cli.host.VirtualNetwork;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which packets a fault has the network lose. Pure.
///
/// @param losses which
/// @param detail what of it the fault's kind does not say; null: nothing
record Cut(List<Loss> losses, @Nullable String detail) {

    private static final int LOSSY_PERCENT = 3;

    Cut {
        losses = List.copyOf(losses);
    }

    /// @param node whom it hits, from 1; any number where it hits all
    /// @throws IllegalArgumentException when that fault loses no packets
    static Cut of(PlannedFault fault, int node, DemoSettings settings) {
        String victim = "n" + node;
        List<String> all =
                Stream.concat(settings.nodeNames().stream(), Stream.of(VirtualNetwork.OUTSIDE))
                        .toList();
        List<String> others = all.stream().filter(host -> !host.equals(victim)).toList();
        List<String> nodes =
                settings.nodeNames().stream().filter(host -> !host.equals(victim)).toList();
        return switch (fault.kind()) {
            case CUT_HOST, FLAP -> new Cut(Loss.between(victim, others), null);
            case CUT_CONSENSUS -> new Cut(consensus(node, settings), null);
            case CUT_LINK -> {
                String other = nodes.get(fault.detail() % nodes.size());
                yield new Cut(Loss.between(victim, List.of(other)), "to " + other);
            }
            case CUT_ONE_WAY -> oneWay(fault.detail() % 2 == 0, victim, others);
            case SLOW_LINKS -> new Cut(lossy(all), LOSSY_PERCENT + " % of all packets are lost");
            case KILL_POSTGRES,
                    KILL_AGENT,
                    KILL_SWITCH,
                    LOSE_HOST,
                    FREEZE_AGENT,
                    FREEZE_POSTGRES,
                    FREEZE_HOST,
                    RESTART_AGENT,
                    SWITCHOVER,
                    RESTART,
                    PAUSE,
                    FILL_DISK ->
                    throw new IllegalArgumentException(fault.kind() + " loses no packets");
        };
    }

    /// Who calls whom is for the two to decide.
    private static List<Loss> consensus(int node, DemoSettings settings) {
        return IntStream.rangeClosed(1, settings.nodes())
                .filter(other -> other != node)
                .boxed()
                .flatMap(other ->
                        IntStream.of(node, other)
                                .mapToObj(settings::consensusPort)
                                .flatMap(port ->
                                        Loss.between("n" + node, List.of("n" + other), port)
                                                .stream()))
                .toList();
    }

    private static Cut oneWay(boolean silent, String victim, List<String> others) {
        return silent
                ? new Cut(
                        others.stream().map(other -> Loss.oneWay(victim, other)).toList(),
                        "nobody hears it")
                : new Cut(
                        others.stream().map(other -> Loss.oneWay(other, victim)).toList(),
                        "it hears nobody");
    }

    private static List<Loss> lossy(List<String> hosts) {
        return hosts.stream()
                .flatMap(from ->
                        hosts.stream()
                                .filter(to -> !to.equals(from))
                                .map(to -> new Loss(from, to, 0, LOSSY_PERCENT)))
                .toList();
    }
}
