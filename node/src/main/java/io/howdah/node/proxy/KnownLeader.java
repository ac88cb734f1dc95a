package io.howdah.node.proxy;

import io.howdah.node.api.LeadershipReport;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.topology.Leadership;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Who leads by all that was heard. Pure and immutable.
///
/// @param epoch the newest
/// @param stage how far it has come
/// @param primary who leads in it; there exactly while somebody does
/// @param ownUntilNanos when the agent beside the proxy must have stopped leading in this epoch, on
///   the boot clock; null when it has said nothing of the kind
record KnownLeader(
        long epoch,
        Stage stage,
        LeadershipReport.@Nullable Primary primary,
        @Nullable Long ownUntilNanos) {

    /// What becomes of an epoch, in this order.
    enum Stage {
        OFFERED,
        LED,
        OVER
    }

    /// Nothing was heard yet.
    static final KnownLeader NOBODY = new KnownLeader(0, Stage.OFFERED, null, null);

    /// After a report of another node's, or of one that is not known to be on this machine.
    KnownLeader hear(LeadershipReport report) {
        LeadershipReport.Primary told = report.primary();
        Stage now = report.over() ? Stage.OVER : told == null ? Stage.OFFERED : Stage.LED;
        boolean older =
                report.epoch() < epoch || (report.epoch() == epoch && now.compareTo(stage) < 0);
        if (!report.agreed() || older) {
            return this;
        }
        return new KnownLeader(
                report.epoch(),
                now,
                now == Stage.LED ? told : null,
                report.epoch() == epoch ? ownUntilNanos : null);
    }

    /// After a report of the agent beside the proxy. Its deadline counts also when it sees no
    /// majority: then it is of use.
    KnownLeader hearOwn(LeadershipReport report) {
        KnownLeader next = hear(report);
        boolean leads = next.primary != null && next.primary.node().equals(report.node());
        if (!leads || report.epoch() != next.epoch) {
            return next;
        }
        Long until = report.paused() ? null : report.leadsUntilNanos();
        return until == null && !report.paused()
                ? next
                : new KnownLeader(next.epoch, next.stage, next.primary, until);
    }

    /// Who may be sent to at that moment.
    Leadership at(long nowNanos) {
        LeadershipReport.Primary leads = primary;
        boolean fenced = ownUntilNanos != null && nowNanos >= ownUntilNanos;
        return leads == null || fenced
                ? Leadership.ofNobody(epoch)
                : Leadership.of(epoch, new ServerAddress.Tcp(leads.host(), leads.port()));
    }

    /// How long that holds if nothing is heard; empty for as long as you like.
    OptionalLong nanosLeft(long nowNanos) {
        return ownUntilNanos == null || ownUntilNanos <= nowNanos
                ? OptionalLong.empty()
                : OptionalLong.of(ownUntilNanos - nowNanos);
    }
}
