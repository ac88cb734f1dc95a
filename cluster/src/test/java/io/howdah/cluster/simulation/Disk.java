package io.howdah.cluster.simulation;

import io.howdah.cluster.adoption.AdoptionOrder;
import io.howdah.cluster.member.Follower;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.SystemId;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What lies on a node's disk: the data directory and the files beside it. It outlives processes.
final class Disk {

    /// The libpq service file: whom a WAL receiver connects to, and as whom.
    ///
    /// @param epoch the epoch whose leader it is, or which is over while it catches up
    /// @param catchUp whether by a name that no commit waits for
    record Service(NodeName leader, Epoch epoch, Follower.StandbyName as, boolean catchUp) {}

    /// A data directory.
    static final class Data {
        final SystemId systemId;
        Incarnation incarnation;

        /// The node whose agent has had it last.
        NodeName holder;

        Wal wal;
        boolean cleanlyStopped;
        boolean inProduction;

        /// By the control file: a primary ran last.
        boolean ranAsPrimary;

        /// How often that was written.
        long controlWrites;

        /// Its server was started last by somebody else than an agent.
        boolean startedByOthers;

        boolean initialisedHere;

        /// Somebody else's: nobody has adopted it yet.
        boolean former;

        /// Of a former one: whoever starts it starts a standby.
        boolean standbySignal;

        /// A rewind was begun and not ended.
        boolean interrupted;

        @Nullable Epoch rewoundFor;

        /// It is inconsistent below this position.
        long consistentAt;

        /// Where the shutdown checkpoint begins.
        long checkpoint;

        Mark mark = new Mark();

        final TreeSet<NodeName> slots = new TreeSet<>();

        /// Timeline numbers of which a history file is there, planted ones too.
        final TreeSet<Long> histories = new TreeSet<>();

        Data(SystemId systemId, Incarnation incarnation, NodeName holder, Wal wal) {
            this.systemId = systemId;
            this.incarnation = incarnation;
            this.holder = holder;
            this.wal = wal;
            wal.history().ended().forEach(ended -> histories.add(ended.timeline().value()));
            histories.add(wal.history().current().value());
        }

        /// The same in all.
        Data image() {
            Data copy = new Data(systemId, incarnation, holder, wal.copy());
            copy.mark = mark.copy();
            copy.controlWrites = controlWrites;
            copy.startedByOthers = startedByOthers;
            copy.former = former;
            copy.checkpoint = checkpoint;
            copy.inProduction = inProduction;
            copy.ranAsPrimary = ranAsPrimary;
            copy.interrupted = interrupted;
            copy.rewoundFor = rewoundFor;
            copy.consistentAt = consistentAt;
            copy.slots.addAll(slots);
            copy.histories.addAll(histories);
            return copy;
        }
    }

    @Nullable Data data;

    /// What an operator wants to be adopted here.
    @Nullable AdoptionOrder order;

    @Nullable Service service;
    InForce names = new InForce.Nobody();
    Epoch namesEpoch = Epoch.NONE;
    boolean open;
    boolean slow;
}
