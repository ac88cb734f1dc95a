package io.howdah.cluster.simulation;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.NodeName;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// What lies in wait for the next command of a kind, once.
final class Ambushes {

    private final Function<NodeName, Host> hosts;
    private @Nullable Consumer<Host> onNextOffer;
    private @Nullable Consumer<Host> onNextRenewal;
    private @Nullable Consumer<Host> onNextAnnouncement;
    private @Nullable ToLongFunction<Host> onNextVoters;
    private @Nullable ToLongFunction<Host> onNextTakeOver;

    Ambushes(Function<NodeName, Host> hosts) {
        this.hosts = hosts;
    }

    /// Something happens to the next node that is offered the lease, before it hears of it.
    void onNextOffer(Consumer<Host> happens) {
        onNextOffer = happens;
    }

    /// Something happens to the holder of the lease whose renewal is applied next, before it hears
    /// of that.
    void onNextRenewal(Consumer<Host> happens) {
        onNextRenewal = happens;
    }

    /// Something happens to the next leader that is announced.
    void onNextAnnouncement(Consumer<Host> happens) {
        onNextAnnouncement = happens;
    }

    /// Something happens to the next leader that asks for other voters.
    ///
    /// @param happens how late that command is
    void onNextVoters(ToLongFunction<Host> happens) {
        onNextVoters = happens;
    }

    /// Something happens to the next restarted agent that takes its lease over.
    ///
    /// @param happens how late that command is
    void onNextTakeOver(ToLongFunction<Host> happens) {
        onNextTakeOver = happens;
    }

    /// A node sends a command.
    ///
    /// @return how late it comes, whatever becomes of its sender; 0 as a rule
    long sends(Host sender, Command command) {
        ToLongFunction<Host> voters = onNextVoters;
        if (voters != null && command instanceof Command.SetVoters) {
            onNextVoters = null;
            return voters.applyAsLong(sender);
        }
        ToLongFunction<Host> takeOver = onNextTakeOver;
        if (takeOver != null && isTakeOver(command)) {
            onNextTakeOver = null;
            return takeOver.applyAsLong(sender);
        }
        return 0;
    }

    /// The first renewal of an agent: it has not looked at its PostgreSQL yet.
    static boolean isTakeOver(Command command) {
        return command instanceof Command.Renew renew && renew.flushed() == null;
    }

    /// A command was applied, and not refused.
    void applied(Command command, ClusterState state) {
        Consumer<Host> offered = onNextOffer;
        if (offered != null && state.lease() instanceof Lease.Offered offer) {
            onNextOffer = null;
            offered.accept(hosts.apply(offer.to()));
        }
        Consumer<Host> renewed = onNextRenewal;
        if (renewed != null && command instanceof Command.Renew renew) {
            onNextRenewal = null;
            renewed.accept(hosts.apply(renew.node()));
        }
        Consumer<Host> announced = onNextAnnouncement;
        if (announced != null && command instanceof Command.Announce announce) {
            onNextAnnouncement = null;
            announced.accept(hosts.apply(announce.node()));
        }
    }
}
