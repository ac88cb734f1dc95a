package io.howdah.cluster.simulation;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.util.List;

/// Whom commits wait for, and what rests on it: the changes of the names, and a promotion, which
/// begins with them.
final class SimulatedNames {

    private final OwnServer own;
    private InForce current = new InForce.Unknown();

    SimulatedNames(OwnServer own) {
        this.own = own;
    }

    /// A server is about to be started, behind closed doors or not: commits wait for nobody that
    /// there is.
    void begin(boolean open) {
        own.takes(World.MILLI / 2, 5 * World.MILLI);
        write(new InForce.Nobody(), Epoch.NONE);
        own.disk().open = open;
        current = new InForce.Nobody();
    }

    private void write(InForce names, Epoch epoch) {
        own.disk().names = names;
        own.disk().namesEpoch = epoch;
    }

    /// Until it has happened, or the server is gone.
    TimelineHistory promote(TimelineId granted, InForce first, Epoch epoch) {
        own.await(
                "local WAL is not read to its end",
                30 * World.SECOND,
                () ->
                        own.answering().mode() == ServerProcess.Mode.STANDBY
                                && own.answering().receiving().isLocalWalRead());
        ServerProcess server = own.answering();
        write(first, epoch);
        server.reload();
        Disk.Data data = own.data();
        for (long skipped = data.wal.history().current().value() + 1;
                skipped < granted.value();
                skipped++) {
            data.histories.add(skipped);
        }
        own.takes(World.MILLI / 2, 5 * World.MILLI);
        if (own.running() != server) {
            throw new IllegalStateException("PostgreSQL has ended");
        }
        server.promoteIn(epoch);
        own.await(
                "PostgreSQL was not promoted",
                60 * World.SECOND,
                () -> {
                    if (server.mode() == ServerProcess.Mode.PRIMARY) {
                        return true;
                    }
                    if (own.running() != server) {
                        throw new IllegalStateException("PostgreSQL has ended");
                    }
                    return false;
                });
        current = first;
        TimelineHistory history = data.wal.history();
        if (!history.current().equals(granted)) {
            throw new IllegalStateException("promoted, but not to timeline " + granted);
        }
        return history;
    }

    void removePlantedInVain() {
        Disk.Data data = own.data();
        data.histories.removeIf(number -> !data.wal.history().includes(new TimelineId(number)));
    }

    /// See `LocalPostgres.enforce`.
    Lsn enforce(InForce next, Epoch epoch) {
        InForce before = current;
        current = new InForce.Unknown();
        ServerProcess server = own.answering();
        write(next, epoch);
        own.takes(World.MILLI / 5, 3 * World.MILLI);
        server.reload();
        own.await(
                "names did not come into force",
                10 * World.SECOND,
                () -> server.names.equals(next) && server.namesEpoch.equals(epoch));
        if (next instanceof InForce.Nobody && before.mayNotWait()) {
            own.await("commits do not wait", 10 * World.SECOND, () -> server.commits().doWait());
        }
        if (before.mayAcknowledgeWithout(next)) {
            for (Link old : List.copyOf(server.sending().senders())) {
                server.sending().endSender(old);
            }
            own.takes(World.MILLI / 10, 5 * World.MILLI);
        }
        Lsn end = new Lsn(own.answering().wal().end());
        current = next;
        return end;
    }
}
