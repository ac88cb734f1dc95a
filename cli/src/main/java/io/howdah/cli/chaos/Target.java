package io.howdah.cli.chaos;

import io.howdah.cli.demo.DemoHosts;
import io.howdah.cli.demo.DemoSettings;
import io.howdah.cli.host.VirtualNetwork;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiException;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberStatus;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// The demo that is hurt, as its nodes describe it. Thread-safe.
final class Target {

    private static final long POLL_MILLIS = 100;

    /// Longer than a lease: what was just hurt may not be noticed yet.
    private static final Duration STEADY = Duration.ofMillis(2_500);

    private final DemoSettings settings;
    private final ApiClient client;
    private volatile int synchronousReplicas;
    private volatile String missing = "nobody was asked";

    Target(DemoSettings settings) {
        this.settings = settings;
        this.client = settings.client();
    }

    ApiClient client() {
        return client;
    }

    int nodes() {
        return settings.nodes();
    }

    /// Where clients reach PostgreSQL on each member that has one, by its name.
    Map<String, String> addresses() {
        var addresses = new LinkedHashMap<String, String>();
        for (int i = 1; i <= settings.dataNodes(); i++) {
            addresses.put("n" + i, settings.postgresAddress(i));
        }
        return addresses;
    }

    /// What joins the members' hosts; empty when they share this one.
    Optional<VirtualNetwork> network() {
        return settings.hosts().map(DemoHosts::network);
    }

    /// The number of the node of that name.
    static int number(String node) {
        return Integer.parseInt(node.substring(1));
    }

    /// From now on as many synchronous replicas as there are now make it whole.
    void expectAsNow() {
        synchronousReplicas =
                status().map(Wholeness::synchronousReplicas).orElse(synchronousReplicas);
    }

    /// The cluster as it is now; empty while no node answers.
    Optional<ClusterStatus> status() {
        try {
            return Optional.of(client.cluster());
        } catch (ApiException e) {
            return Optional.empty();
        }
    }

    /// Waits until all is well, and has been for a while.
    ///
    /// @param goOn asked again and again; waiting ends when it says no
    /// @return since when it is, by the clock of `System.nanoTime`; empty when it is not
    OptionalLong awaitWhole(Duration atMost, BooleanSupplier goOn) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        long since = 0;
        boolean whole = false;
        do {
            String now =
                    status().map(status -> Wholeness.missing(status, synchronousReplicas))
                            .orElse("no node answers");
            if (!now.isEmpty()) {
                whole = false;
                missing = now;
            } else if (!whole) {
                whole = true;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > STEADY.toNanos()) {
                return OptionalLong.of(since);
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        } while ((whole || System.nanoTime() < end) && goOn.getAsBoolean());
        return OptionalLong.empty();
    }

    /// What was missing when it was last waited for.
    String missing() {
        return missing;
    }

    /// Whom a planned fault hits now; empty while nobody plays that role.
    Optional<MemberStatus> victim(PlannedFault fault) {
        return status().flatMap(cluster -> victim(fault, cluster));
    }

    static Optional<MemberStatus> victim(PlannedFault fault, ClusterStatus cluster) {
        if (fault.primary()) {
            return cluster.members().stream()
                    .filter(member -> member.name().equals(cluster.leader()))
                    .findFirst();
        }
        List<MemberStatus> others =
                cluster.members().stream()
                        .filter(member ->
                                member.role() != MemberRole.WITNESS || fault.kind().hitsWitness())
                        .filter(member -> !member.name().equals(cluster.leader()))
                        .toList();
        return others.isEmpty()
                ? Optional.empty()
                : Optional.of(others.get(fault.which() % others.size()));
    }
}
