package io.howdah.proxy.session;

import io.howdah.proxy.protocol.ErrorFields;
import io.howdah.proxy.settings.PoolMode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Settings that server connections begin with for the proxy's own sake. A server that does not
/// know one, or cannot have it on its system, goes without it. For one thread.
final class OwnSettings {

    /// By which servers from 14 on would end what lies unused in the pool. Who is idle is for the
    /// proxy to judge where it lends connections: a session of the server's is no client's there.
    private static final String IDLE_TIMEOUT = "idle_session_timeout";

    /// By which servers from 14 on end the work of a connection whose other side has gone. Unlike a
    /// cancel request that leaves a commit alone which waits for standbys: cancelled, it would be
    /// read by others, and lost in the next failover.
    private static final String CLIENT_CHECK = "client_connection_check_interval";

    private final Set<String> refused = new HashSet<>();

    /// Those of a pool's connections.
    Map<String, String> of(PoolMode mode) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (mode != PoolMode.SESSION) {
            settings.put(IDLE_TIMEOUT, "0");
        }
        settings.put(CLIENT_CHECK, "1s");
        settings.keySet().removeAll(refused);
        return settings;
    }

    /// Another server may know what the former did not.
    void tryAll() {
        refused.clear();
    }

    /// Whether an attempt failed for one of these; it is left out from now on.
    ///
    /// @param started names of what the server was told
    boolean areRefused(Set<String> started, ErrorFields error) {
        for (String name : Set.of(IDLE_TIMEOUT, CLIENT_CHECK)) {
            if (started.contains(name) && error.message().contains(name)) {
                refused.add(name);
                return true;
            }
        }
        return false;
    }
}
