package io.howdah.cluster.simulation;

import io.howdah.cluster.member.LocalStatus;
import java.util.Optional;

/// What an agent sees of its PostgreSQL.
final class SimulatedLook {

    private final OwnServer own;
    private final SimulatedStarts starts;

    SimulatedLook(OwnServer own, SimulatedStarts starts) {
        this.own = own;
        this.starts = starts;
    }

    LocalStatus status() {
        LocalStatus seen = look();
        own.cluster()
                .coverage()
                .reached(Names.ofState(own.cluster().state(), own.host().name(), seen));
        return seen;
    }

    private LocalStatus look() {
        own.process().checkAlive();
        own.cluster().agents().looked(own.host());
        Disk.Data data = own.disk().data;
        ServerProcess server = own.host().server();
        boolean postmaster = server != null && server.hasPostmaster();
        if (data != null && data.former) {
            return new LocalStatus.Unusable("not adopted", Optional.of(data.systemId));
        }
        if (data != null && server != null && postmaster && server.isForeign) {
            return new LocalStatus.Stopped(data.systemId, data.incarnation, true, Optional.empty());
        }
        if (data != null && !data.holder.equals(own.host().name())) {
            data.holder = own.host().name();
            data.incarnation = own.freshIncarnation();
        }
        if (data == null || (data.interrupted && !postmaster)) {
            return new LocalStatus.Absent();
        }
        if (server == null || !postmaster) {
            starts.isStandbyNoMore();
            if (!starts.hasLeftovers()) {
                data.mark.stopped(
                        data.wal.history().current(),
                        data.ranAsPrimary,
                        data.controlWrites,
                        data.startedByOthers);
            }
            boolean leftovers =
                    starts.hasLeftovers() && own.cluster().mutation() != Mutation.DEAD_MEANS_DEAD;
            return new LocalStatus.Stopped(
                    data.systemId,
                    data.incarnation,
                    leftovers,
                    Optional.ofNullable(data.rewoundFor));
        }
        if (!server.gate().isOpen()) {
            own.process().takes(World.SECOND);
        }
        if (!server.answers()) {
            return new LocalStatus.Silent(
                    data.systemId,
                    data.incarnation,
                    "no answer",
                    !starts.isStandbyOfOurs() && (data.inProduction || data.mark.isPromoted()),
                    Optional.ofNullable(data.rewoundFor));
        }
        if (server.mode() == ServerProcess.Mode.PRIMARY) {
            data.mark.ranAsPrimary(data.wal.history().current());
            return new LocalStatus.Primary(
                    data.systemId, data.incarnation, data.wal.position(), own.disk().open);
        }
        data.rewoundFor = null;
        data.mark.stands(data.wal.history().current());
        LocalStatus.Standby standby = standby(data, server);
        return own.isCutOff() || own.isWithout(Mutation.STANDS_STILL)
                ? standby
                : standby.perhapsFollowing();
    }

    private LocalStatus.Standby standby(Disk.Data data, ServerProcess server) {
        return new LocalStatus.Standby(
                data.systemId,
                data.incarnation,
                server.receiving().isLocalWalRead()
                        ? Optional.of(data.wal.position())
                        : Optional.empty(),
                Optional.ofNullable(own.disk().service).map(service -> service.epoch()),
                server.receiving().isReceiving(),
                data.wal.end() - server.receiving().replayed(),
                data.mark.isPromoted(),
                Optional.empty());
    }
}
