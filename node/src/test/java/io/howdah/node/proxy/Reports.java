package io.howdah.node.proxy;

import io.howdah.node.api.LeadershipReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What nodes of a cluster may say.
final class Reports {

    private Reports() {}

    /// Somebody leads, says a node.
    static LeadershipReport led(String by, long epoch, String leader) {
        return report(by, epoch, false, primary(leader));
    }

    /// That epoch is over, says a node.
    static LeadershipReport over(String by, long epoch) {
        return report(by, epoch, true, null);
    }

    /// That epoch was offered, says a node.
    static LeadershipReport offered(String by, long epoch) {
        return report(by, epoch, false, null);
    }

    /// The same from a node that sees no majority.
    static LeadershipReport cutOff(LeadershipReport said) {
        return with(said, false, said.paused(), said.access(), said.proxy());
    }

    /// The same in a paused cluster.
    static LeadershipReport paused(LeadershipReport said) {
        return with(said, said.agreed(), true, said.access(), said.proxy());
    }

    /// The same from a node with a proxy.
    static LeadershipReport withProxy(LeadershipReport said, String proxy) {
        return with(said, said.agreed(), said.paused(), said.access(), proxy);
    }

    /// The same where others may connect.
    static LeadershipReport admitting(LeadershipReport said, List<String> access) {
        return with(said, said.agreed(), said.paused(), access, said.proxy());
    }

    private static LeadershipReport with(
            LeadershipReport said,
            boolean agreed,
            boolean paused,
            @Nullable List<String> access,
            @Nullable String proxy) {
        return new LeadershipReport(
                said.cluster(),
                said.node(),
                agreed,
                paused,
                said.epoch(),
                said.over(),
                said.primary(),
                said.api(),
                access,
                proxy,
                said.leadsUntilNanos());
    }

    static LeadershipReport.Primary primary(String node) {
        return new LeadershipReport.Primary(node, node + ".example.com", 5432);
    }

    private static LeadershipReport report(
            String by, long epoch, boolean over, LeadershipReport.@Nullable Primary primary) {
        return new LeadershipReport(
                "demo", by, true, false, epoch, over, primary, List.of(), List.of(), null, null);
    }
}
