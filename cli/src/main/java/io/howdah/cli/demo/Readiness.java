package io.howdah.cli.demo;

import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiException;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.MemberStatus;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Waits until a demo's cluster has a primary, all its members run, and a replica could take over.
public final class Readiness {

    private static final long PERIOD_MILLIS = 200;

    private final DemoSettings settings;
    private final ApiClient client;

    /// @param settings of the demo
    public Readiness(DemoSettings settings) {
        this.settings = settings;
        this.client = settings.client();
    }

    /// Waits, `seconds` at most, and tells `progress` what is still missing.
    ///
    /// @param goOn asked again and again; waiting ends when it says no
    /// @return whether it is ready
    public boolean await(long seconds, BooleanSupplier goOn, Consumer<String> progress)
            throws InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < deadlineNanos && goOn.getAsBoolean()) {
            try {
                ClusterStatus status = client.cluster();
                String missing = missing(status);
                if (missing.isEmpty()) {
                    missing = missingProxies(status);
                }
                if (missing.isEmpty()) {
                    return true;
                }
                progress.accept("starting: " + missing);
            } catch (ApiException e) {
                progress.accept("starting the nodes");
            }
            TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
        }
        return false;
    }

    /// What is missing, such as `n2 copying, n3 waiting`; empty when nothing is.
    static String missing(ClusterStatus status) {
        var missing = new ArrayList<String>();
        boolean primary = false;
        boolean safe = status.members().size() == 1;
        for (MemberStatus member : status.members()) {
            primary |= member.role() == MemberRole.PRIMARY && member.state() == MemberState.RUNNING;
            safe |= member.sync() && member.state() == MemberState.RUNNING;
            if (member.state() != MemberState.RUNNING) {
                missing.add(member.name() + " " + wording(member.state()));
            }
        }
        if (missing.isEmpty() && (!primary || status.leader() == null)) {
            missing.add("no primary yet");
        }
        if (missing.isEmpty() && !safe) {
            missing.add("no synchronous replica yet");
        }
        return String.join(", ", missing);
    }

    private String missingProxies(ClusterStatus status) {
        return IntStream.rangeClosed(1, settings.nodes())
                .filter(settings::hasProxy)
                .mapToObj(i -> "n" + i)
                .filter(name ->
                        status.members().stream()
                                .anyMatch(member ->
                                        member.name().equals(name) && member.proxy() == null))
                .map(name -> name + "'s proxy")
                .collect(Collectors.joining(", "));
    }

    /// A node that does not answer yet is no cause for alarm while everything starts.
    private static String wording(MemberState state) {
        return state == MemberState.UNREACHABLE || state == MemberState.UNKNOWN
                ? MemberState.STARTING.text()
                : state.text();
    }
}
