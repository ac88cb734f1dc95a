package io.howdah.proxy.session;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.settings.ServerChoice;
import io.howdah.proxy.topology.Leadership;
import io.howdah.proxy.topology.Topology;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/// Where servers are at the moment. All but the listener that it begins with may be called by any
/// thread.
final class Whereabouts {

    private final @Nullable Topology topology;
    private volatile Leadership known = Leadership.UNKNOWN;

    /// @param topology of the cluster; null where no database is a cluster's
    Whereabouts(@Nullable Topology topology) {
        this.topology = topology;
    }

    /// Listens from now on.
    ///
    /// @param changed called on the loop, when the new primary is known and nobody was sent there
    ///   yet
    void follow(EventLoop loop, Runnable changed) {
        if (topology != null) {
            topology.follow(leadership -> {
                if (!loop.isShuttingDown()) {
                    loop.execute(() -> {
                        known = leadership;
                        changed.run();
                    });
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

    /// What is known of the cluster.
    Leadership leadership() {
        return known;
    }

    /// A connection to that server was lost, or there was none to be had.
    void doubt(ServerChoice choice) {
        if (topology != null && choice instanceof ServerChoice.Primary) {
            topology.doubt();
        }
    }
}
