package io.howdah.cli.host;

import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// Networks for tests. Stateless.
public final class TestNetworks {

    private TestNetworks() {}

    /// Makes one that is this process' own; ends the test as skipped, and says why, where this is
    /// not possible. Also removes what killed runs left.
    public static VirtualNetwork of(List<String> hosts) {
        VirtualNetwork.obstacle().ifPresent(TestNetworks::skip);
        VirtualNetwork.removeLeftovers();
        long self = ProcessHandle.current().pid();
        var network =
                new VirtualNetwork(Long.toString(self), VirtualNetwork.freePrefix(self), hosts);
        network.open();
        return network;
    }

    /// That network, as another process would find it.
    static VirtualNetwork sameAs(VirtualNetwork network, List<String> hosts) {
        String outside = network.address(VirtualNetwork.OUTSIDE);
        return new VirtualNetwork(
                Long.toString(ProcessHandle.current().pid()),
                outside.substring(0, outside.lastIndexOf('.') + 1),
                hosts);
    }

    /// Says it itself, as Maven prints no reasons.
    private static void skip(String why) {
        System.out.println("SKIPPED: a network that breaks is not tested: " + why);
        Assumptions.abort(why);
    }
}
