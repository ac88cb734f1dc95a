package io.howdah.consensus.ratis;

import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees when this node's disk does not answer, neither with a failure nor at all, and hands the
/// lead over then. Such a leader's heartbeats go on, so nobody stands against it; the others commit
/// what it sends for a while, until it can take no more and with it the whole group: 512 entries
/// wait for the disk at most (see [Tuning]).
///
/// `look` is for one thread, the rest for any.
final class DiskWatch {

    private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);

    /// Two seconds, by [PartLooks]: a slow disk has written something by then.
    private static final int LOOKS = 4;

    private final Part part;
    private final Standstill writing = new Standstill(LOOKS);
    private final Standstill applying = new Standstill(LOOKS);
    private volatile boolean hanging;

    DiskWatch(Part part) {
        this.part = part;
    }

    void look(RaftServer.Division division) {
        RaftLog log = division.getRaftLog();
        boolean writes = !writing.look(log.getNextIndex() - 1, log.getFlushIndex());
        boolean applies =
                !applying.look(
                        log.getLastCommittedIndex(), division.getInfo().getLastAppliedIndex());
        boolean hangs = !writes || !applies;
        if (hangs && !hanging) {
            LOG.error(
                    "the log stands still: {} of {} is on disk, {} of {} applied",
                    log.getFlushIndex(),
                    log.getNextIndex() - 1,
                    division.getInfo().getLastAppliedIndex(),
                    log.getLastCommittedIndex());
        }
        if (!hangs && hanging) {
            LOG.info("the log goes on");
        }
        hanging = hangs;
        if (hangs && division.getInfo().isLeader()) {
            part.handOver();
        }
    }

    /// Whether the log has stood still for two seconds or more.
    boolean isHanging() {
        return hanging;
    }
}
