package io.howdah.node.api;

import static io.howdah.node.authority.Role.ADMIN;
import static io.howdah.node.authority.Role.OPERATE;
import static io.howdah.node.authority.Role.READ;

import io.howdah.node.authority.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which role each request needs: the one place that says so. What is not listed is for
/// administrators, unless it only reads. Pure.
final class Doors {

    /// Methods that change nothing, wherever they are offered.
    private static final List<String> READING = List.of("GET", "HEAD", "OPTIONS");

    /// What changes something.
    private static final Map<String, Role> CHANGES =
            Map.ofEntries(
                    Map.entry("POST /switchover", OPERATE),
                    Map.entry("DELETE /switchover", OPERATE),
                    Map.entry("POST /failover", OPERATE),
                    Map.entry("POST /restart", OPERATE),
                    Map.entry("POST /pause", OPERATE),
                    Map.entry("POST /resume", OPERATE),
                    Map.entry("POST /reinitialize", ADMIN),
                    Map.entry("POST /adopt", ADMIN),
                    Map.entry("POST /remove", ADMIN),
                    Map.entry("POST /leave", ADMIN),
                    Map.entry("PATCH /config", ADMIN),
                    Map.entry("PUT /config", ADMIN));

    /// What nodes ask each other: who they are in consensus, and how they are; and what their
    /// proxies ask: who leads.
    private static final List<String> NODES = List.of("/consensus", "/node", "/leadership");

    private Doors() {}

    /// The role that a request needs; empty when it is open to everybody.
    ///
    /// @param openReads whether reading needs no role here
    static Optional<Role> needed(String method, String path, boolean openReads) {
        if (READING.contains(method)) {
            // Load balancers and probes cannot prove who they are; what they are told is whether to
            // send clients here.
            return openReads || HealthCheck.of(path).isPresent()
                    ? Optional.empty()
                    : Optional.of(READ);
        }
        return Optional.of(CHANGES.getOrDefault(method + " " + path, ADMIN));
    }

    /// Whether nodes ask it of each other.
    static boolean openToNodes(String method, String path) {
        return READING.contains(method) && NODES.contains(path);
    }

    /// The role that a failover needs: who accepts a loss decides over data.
    static Role needed(FailoverRequest request) {
        return request.allowDataLoss() ? ADMIN : OPERATE;
    }
}
