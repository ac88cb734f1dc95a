package io.howdah.cluster.simulation;

import io.howdah.cluster.agent.Act;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.NodeName;
import java.util.Locale;
import java.util.regex.Pattern;

/// What was reached, without the values: so that the same rule counts as the same.
final class Names {

    private static final Pattern VALUES =
            Pattern.compile(
                    "\\b(n\\d+|w\\d+|[0-9A-F]+/[0-9A-F]+|[0-9]{1,19}|[0-9a-f]{8})\\b|@|→|\\[[^]]*]");
    private static final Pattern LISTS = Pattern.compile("(#[ ,]*)+");

    private Names() {}

    static String ofAct(Act act) {
        return act.getClass().getSimpleName()
                + switch (act) {
                    case Act.Wait wait -> why(wait.why());
                    case Act.Refuse refuse -> why(refuse.why());
                    case Act.Kill kill -> why(kill.why());
                    case Act.Release release -> why(release.reason());
                    case Act.Copy copy -> why(copy.why());
                    case Act.Decline decline -> why(decline.why());
                    default -> "";
                };
    }

    private static String why(String reason) {
        return reason.isEmpty() ? "" : ": " + plain(reason);
    }

    /// What the cluster is in, and this node, and its PostgreSQL.
    static String ofState(ClusterState state, NodeName self, LocalStatus seen) {
        String lease =
                switch (state.lease()) {
                    case Lease.Vacant vacant -> "vacant";
                    case Lease.Offered offered ->
                            offered.to().equals(self) ? "offered here" : "offered elsewhere";
                    case Lease.Held held ->
                            (held.node().equals(self) ? "held here" : "held elsewhere")
                                    + (held.graceMillis() > 0 ? " through a restart" : "");
                };
        return (state.paused() == null ? "state lease " : "state paused, lease ")
                + lease
                + ", PostgreSQL "
                + seen.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    static String plain(String text) {
        String line = text.lines().findFirst().orElse("");
        return LISTS.matcher(VALUES.matcher(line).replaceAll("#")).replaceAll("# ").strip();
    }
}
