package io.howdah.node;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What is wrong with the hosts' names of members, each said once as long as it lasts. For one
/// thread.
final class NameComplaints {

    private final Map<String, String> said = new HashMap<>();

    /// A name cannot be resolved.
    ///
    /// @return what to warn of; empty when it was said
    Optional<String> unresolved(String host) {
        return once(
                host,
                "the host "
                        + host
                        + " of a member cannot be resolved here: its PostgreSQL is not let in and not"
                        + " reached until it can (HINT: `getent hosts "
                        + host
                        + "` must answer on every node; correct DNS, /etc/hosts or the host in"
                        + " howdah.yaml)");
    }

    /// A name is resolved.
    ///
    /// @param alone whether the whole cluster is on that host
    /// @return what to warn of; empty when nothing is wrong, or it was said
    Optional<String> resolved(String host, InetAddress[] addresses, boolean alone) {
        if (!alone && !isLocal(host)) {
            for (InetAddress address : addresses) {
                if (address.isLoopbackAddress()) {
                    return once(
                            host,
                            "the host "
                                    + host
                                    + " of a member is "
                                    + address.getHostAddress()
                                    + " here, which other machines cannot reach (HINT: take that line"
                                    + " out of /etc/hosts, as Debian's installer writes it, so that the"
                                    + " name means the same on every node, and start this node again)");
                }
            }
        }
        said.remove(host);
        return Optional.empty();
    }

    /// Names that mean the machine itself everywhere (RFC 6761).
    private static boolean isLocal(String host) {
        return host.equals("localhost") || host.endsWith(".localhost");
    }

    private Optional<String> once(String host, String complaint) {
        return complaint.equals(said.put(host, complaint))
                ? Optional.empty()
                : Optional.of(complaint);
    }
}
