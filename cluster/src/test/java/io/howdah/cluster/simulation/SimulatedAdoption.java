package io.howdah.cluster.simulation;

import io.howdah.cluster.adoption.AdoptionOrder;
import io.howdah.cluster.adoption.Judged;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.step.Step;
import io.howdah.postgres.Lsn;
import java.util.Optional;

/// Takes a former server's data in, step by step as `Adoption` does.
final class SimulatedAdoption {

    private static final long STOP = 60 * World.SECOND;

    private final OwnServer own;

    SimulatedAdoption(OwnServer own) {
        this.own = own;
    }

    Position stopFormer(AdoptionOrder order) {
        Disk.Data data = own.data();
        if (!data.systemId.equals(order.systemId())) {
            throw new IllegalStateException("another database lies there by now");
        }
        requireAsJudged(order);
        data.standbySignal = true;
        own.takes(World.MILLI / 2, 5 * World.MILLI);
        ServerProcess server = own.host().server();
        if (server != null && server.hasPostmaster()) {
            if (!server.isStopping()) {
                server.shutDown(() -> {});
            }
            long end = own.world().now() + STOP;
            while (!server.isGone()) {
                if (own.world().now() > end) {
                    throw new IllegalStateException("the former server did not stop in time");
                }
                own.rests();
            }
        }
        ServerProcess left = own.host().server();
        if (left != null) {
            left.end(true);
        }
        requireAsJudged(order);
        own.reached(Step.ADOPTION_STOPPED);
        return new Position(data.wal.history(), new Lsn(data.checkpoint));
    }

    private void requireAsJudged(AdoptionOrder order) {
        Disk.Data data = own.data();
        Judged judged = order.judged();
        Optional<String> objection =
                judged == null
                        ? Optional.empty()
                        : judged.objection(
                                !data.ranAsPrimary,
                                data.wal.history().current(),
                                new Lsn(data.checkpoint));
        if (objection.isPresent()) {
            own.cluster().coverage().reached("what was ordered to be adopted is not taken in");
            own.disk().order = null;
            throw new IllegalStateException("the former database " + objection.get());
        }
    }

    void takeIn(AdoptionOrder order) {
        var _ = stopFormer(order);
        own.takes(World.MILLI / 2, 5 * World.MILLI);
        Disk.Data data = own.data();
        data.mark.forget();
        if (order.role() == AdoptionOrder.Role.STANDBY) {
            data.mark.isMade(data.wal.history().current(), data.controlWrites);
        }
        data.incarnation = order.incarnation();
        data.holder = own.host().name();
        data.former = false;
        own.reached(Step.ADOPTION_TAKEN_IN);
        own.disk().order = null;
    }
}
