package io.howdah.cluster.agent;

import io.howdah.cluster.lease.BootClock;
import io.howdah.cluster.member.LocalPostgres;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.consensus.Store;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How a node goes in order: PostgreSQL is shut down, then the lease given back, so that another
/// can lead at once. For one thread, when the agent's loop has ended.
final class Parting {

    private static final Duration STOP_DEADLINE = Duration.ofSeconds(30);
    private static final Duration RELEASE_DEADLINE = Duration.ofSeconds(2);
    private static final Logger LOG = LoggerFactory.getLogger(Parting.class);

    private final NodeName self;
    private final LocalPostgres local;
    private final Store<ClusterState, Command> store;
    private final BootClock clock;
    private final Service service;

    Parting(
            NodeName self,
            LocalPostgres local,
            Store<ClusterState, Command> store,
            BootClock clock,
            Service service) {
        this.self = self;
        this.local = local;
        this.store = store;
        this.clock = clock;
        this.service = service;
    }

    /// Shuts PostgreSQL down, or ends it where that fails.
    ///
    /// @return what is left of it
    LocalStatus stopPostgres() {
        try {
            LocalStatus found = local.status();
            switch (found) {
                // what is unusable is not ours to stop either, but what may write there is
                case LocalStatus.Absent _, LocalStatus.Stopped _, LocalStatus.Unusable _ -> {
                    if (found.mayAcceptWrites()) {
                        local.kill();
                    }
                }
                case LocalStatus.Silent _, LocalStatus.Standby _, LocalStatus.Primary _ ->
                        service.excused(() -> local.stop(STOP_DEADLINE));
            }
        } catch (RuntimeException e) {
            LOG.warn("PostgreSQL did not stop in order: {}", e.getMessage());
            local.kill();
        }
        return local.status();
    }

    /// Gives the lease of an epoch back; one that cannot be given back expires.
    void release(Epoch held) {
        try {
            Semaphore answered = new Semaphore(0);
            CompletableFuture<?> released =
                    store.submit(
                            new Command.Release(
                                    self, held, self + " was stopped", clock.wallMillis()));
            var _ = released.whenComplete((_, _) -> answered.release());
            if (!clock.await(answered, RELEASE_DEADLINE) || released.isCompletedExceptionally()) {
                LOG.info("the lease was not given back, it will expire");
            }
        } catch (RuntimeException e) {
            LOG.info("the lease was not given back, it will expire: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
