package io.howdah.proxy.session;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.settings.ServerChoice;
import io.howdah.proxy.topology.Leadership;
import io.howdah.proxy.topology.Topology;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Where servers are at the moment, as far as one event loop has heard. All but the listener that
/// it begins with may be called by any thread.
final class Whereabouts {

    private final @Nullable Topology topology;
    private volatile Leadership known = Leadership.UNKNOWN;
    private @Nullable EventLoop loop;
    private Runnable changed = () -> {};

    /// @param topology of the cluster; null where no database is a cluster's
    Whereabouts(@Nullable Topology topology) {
        this.topology = topology;
    }

    /// Listens, once [Announcements] have begun.
    ///
    /// @param listener called on the loop, when the new primary is known and nobody was sent there
    ///   yet
    void follow(EventLoop own, Runnable listener) {
        loop = own;
        changed = listener;
    }

    /// Tells the loop.
    ///
    /// @param still whether that holds yet; asked there
    /// @param then done there afterwards
    void tell(Leadership leadership, BooleanSupplier still, Runnable then) {
        EventLoop own = loop;
        if (own != null && !own.isShuttingDown()) {
            own.execute(() -> {
                try {
                    if (still.getAsBoolean()) {
                        known = leadership;
                        changed.run();
                    }
                } finally {
                    // Else a fault here would keep every loop from the next primary.
                    then.run();
                }
            });
        }
    }

    /// Where that server is; null while nobody leads the cluster.
    @Nullable ServerAddress of(ServerChoice choice) {
        return switch (choice) {
            case ServerChoice.Fixed(ServerAddress address) -> address;
            case ServerChoice.Primary _ -> known.primary();
        };
    }

    /// Whether a server that has let the proxy in is the one that is meant: that it says itself
    /// whether it is the primary keeps the proxy from a former one.
    ///
    /// @param reported at the login
    static boolean isFit(ServerChoice choice, Map<String, String> reported) {
        return choice instanceof ServerChoice.Fixed || !"on".equals(reported.get("in_hot_standby"));
    }

    /// What is known of the cluster.
    Leadership leadership() {
        return known;
    }

    /// Where another proxy of the cluster takes clients.
    CompletableFuture<Optional<ServerAddress.Tcp>> proxy(int number) {
        return topology == null
                ? CompletableFuture.completedFuture(Optional.empty())
                : topology.proxy(number);
    }

    /// A connection to that server was lost, or there was none to be had.
    void doubt(ServerChoice choice) {
        if (topology != null && choice instanceof ServerChoice.Primary) {
            topology.doubt();
        }
    }
}
