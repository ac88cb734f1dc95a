package io.howdah.node.configuration;

import io.howdah.proxy.settings.Timeouts;
import java.time.Duration;
import java.util.List;

/// The section `timeouts` of `proxy.yaml`.
final class TimeoutsSection {

    private static final List<String> KEYS =
            List.of(
                    "query-wait",
                    "query-wait-notice",
                    "query",
                    "transaction",
                    "idle-in-transaction",
                    "client-idle",
                    "client-login",
                    "server-connect",
                    "server-lifetime",
                    "server-idle",
                    "cancel-wait",
                    "unreachable");

    private final Section section;

    private TimeoutsSection(Section section) {
        this.section = section.allow(KEYS);
    }

    static Timeouts read(Section section) {
        return ProxyConfigurationFile.build(section, new TimeoutsSection(section)::timeouts);
    }

    private Timeouts timeouts() {
        Timeouts otherwise = Timeouts.DEFAULT;
        return new Timeouts(
                bound("query-wait", otherwise.queryWait()),
                bound("query-wait-notice", otherwise.queryWaitNotice()),
                bound("query", otherwise.query()),
                bound("transaction", otherwise.transaction()),
                bound("idle-in-transaction", otherwise.idleInTransaction()),
                bound("client-idle", otherwise.clientIdle()),
                bound("client-login", otherwise.clientLogin()),
                bound("server-connect", otherwise.serverConnect()),
                bound("server-lifetime", otherwise.serverLifetime()),
                bound("server-idle", otherwise.serverIdle()),
                bound("cancel-wait", otherwise.cancelWait()),
                bound("unreachable", otherwise.unreachable()));
    }

    private Duration bound(String key, Duration otherwise) {
        return ProxyConfigurationFile.duration(section, key, otherwise);
    }
}
