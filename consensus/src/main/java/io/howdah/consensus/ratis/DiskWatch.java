package io.howdah.consensus.ratis;

import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees when this node's disk does not answer, neither with a failure nor at all, and hands the
/// lead over then. Such a leader's heartbeats go on, so nobody stands against it; and Ratis commits
/// nothing that the leader itself has not on disk (`RaftLogBase.updateCommitIndex`).
///
/// `look` is for one thread, the rest for any.
final class DiskWatch {

    private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);

    /// Up to three quarters of a second, by [PartLooks]: a lease that was renewed half a second
    /// before outlasts that and the hand-over.
    private static final int LOOKS = 3;

    /// A look that waits for the log's lock says the same: whoever has it waits for the disk.
    private static final long OVERDUE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Part part;
    private final Standstill writing = new Standstill(LOOKS);
    private final Standstill applying = new Standstill(LOOKS);
    private volatile boolean hanging;
    private volatile long lookedAtNanos = System.nanoTime();

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
        lookedAtNanos = System.nanoTime();
        if (hangs && division.getInfo().isLeader()) {
            part.handOverWhole();
        }
    }

    /// Whether the log stands still.
    boolean isHanging() {
        return hanging || System.nanoTime() - lookedAtNanos > OVERDUE_NANOS;
    }
}
