package io.howdah.proxy.session;

import io.howdah.proxy.settings.Timeouts;

/// Looks again and again whether something on a server connection takes too long: a request, a
/// transaction, a client that holds the connection and asks nothing, an errand of the proxy's own;
/// and whether one of the two machines has vanished. What does is cancelled or ended.
final class Watch {

    private final ServerSession session;
    private final Lifeline lifeline;
    private final Fitting fitting;
    private final WorkTimes times;
    private final Cancels cancels;

    /// @param lifeline of the server's machine
    Watch(
            ServerSession session,
            Lifeline lifeline,
            Fitting fitting,
            WorkTimes times,
            Cancels cancels) {
        this.session = session;
        this.lifeline = lifeline;
        this.fitting = fitting;
        this.times = times;
        this.cancels = cancels;
    }

    /// Looks.
    void tick(Timeouts bounds, long now) {
        ClientSession joined = session.client();
        boolean busy = joined != null || fitting.isUnderWay() || session.isAbandoned();
        if (busy && lifeline.isCut(bounds.unreachable(), now)) {
            session.vanish(Complaints.silence(bounds.unreachable()));
        } else if (joined != null && joined.isCut(bounds.unreachable(), now)) {
            joined.vanish(Complaints.silence(bounds.unreachable()));
        } else if (joined != null && joined.backlog().isStuck(now) && session.isMissed(now)) {
            joined.fail(Complaints.takesNothing(Backlog.PATIENCE));
        } else if (fitting.errands().isOver(bounds.serverConnect(), now)) {
            session.giveUp(Complaints.notPutBack(bounds.serverConnect()));
        } else if (joined != null && joined.isIn() && !fitting.isUnderWay()) {
            switch (times.overdue(bounds, joined.isInMessage(), session.isTakingMore(), now)) {
                case NOTHING -> {}
                case QUERY -> endQuery(joined, bounds, now);
                case TRANSACTION ->
                        joined.fail(Complaints.transactionTimeout(bounds.transaction()));
                case CLIENT ->
                        joined.fail(Complaints.idleInTransaction(bounds.idleInTransaction()));
                case IDLE -> joined.fail(Complaints.clientIdle(bounds.clientIdle()));
            }
        }
    }

    /// Has the server cancel a request; where that is of no use, the connection ends. The client's
    /// next request is not sent meanwhile: it would be hit instead.
    private void endQuery(ClientSession joined, Timeouts bounds, long now) {
        if (cancels.isForOverdue()) {
            if (times.hasWorked(bounds.query().plus(bounds.cancelWait()), now)) {
                joined.fail(Complaints.queryTimeout(bounds.query()));
            }
            return;
        }
        if (!session.isInMessage()) {
            joined.hear(Complaints.queryCancelled(bounds.query()));
        }
        joined.readNoMore();
        cancels.sendForOverdue();
    }
}
