package io.howdah.consensus.ratis;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.util.AwaitForSignal;
import org.jspecify.annotations.Nullable;

/// Sends the log to one follower, and tells it of a commit at once.
///
/// Ratis' own appender mentions a commit in the next append or heartbeat: the followers of a quiet
/// group would apply a command half an election timeout late, and a failover would wait for that.
/// (Its other way, an extra log entry after each commit, costs an fsync on every node.) Two races
/// cost as much, now and then: a signal that comes while the appender is about to wait is
/// forgotten; and a read that asks for a heartbeat notes only afterwards from which one on a reply
/// counts.
///
/// And it sends again what a lost connection may have swallowed. Ratis counts entries as on their
/// way once it has sent them, also when the connection breaks: a follower that wrote them and could
/// not say so is never asked again, as a heartbeat's reply does not tell how far the log matches.
/// Where a new leader's first entry met that fate, nothing could be written any more.
final class PromptAppender extends GrpcLogAppender {

    private final AwaitForSignal signal;
    private final SentEntries sent = new SentEntries();
    private volatile long announced = -1;

    PromptAppender(RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
        super(server, leader, follower);
        this.signal = new Remembered(follower.getName());
    }

    @Override
    public long getHeartbeatWaitTimeMs() {
        return hasNews() ? 0 : super.getHeartbeatWaitTimeMs();
    }

    /// Whether there is a commit to announce, and no append to carry it: a follower takes a commit
    /// only up to where it is known to have the log.
    private boolean hasNews() {
        return getRaftLog().getLastCommittedIndex() > announced
                && !hasPendingDataRequests()
                && !hasAppendEntries();
    }

    @Override
    public @Nullable AppendEntriesRequestProto newAppendEntriesRequest(
            long callId, boolean heartbeat) throws RaftLogIOException {
        FollowerInfo follower = getFollower();
        if (!hasPendingDataRequests()) {
            takeCommittedAsMatching(follower);
            sent.lost(follower.getMatchIndex(), follower.getNextIndex())
                    .ifPresent(follower::setNextIndex);
        }
        long committed = getRaftLog().getLastCommittedIndex();
        boolean carriesCommit = !hasPendingDataRequests();
        AppendEntriesRequestProto request = super.newAppendEntriesRequest(callId, heartbeat);
        if (request != null && request.getEntriesCount() > 0) {
            sent.add(
                    request.getEntries(0).getIndex(),
                    request.getEntriesCount(),
                    follower.getMatchIndex());
        }
        if (request != null && carriesCommit) {
            announced = Math.max(announced, committed);
        }
        return request;
    }

    /// What a follower has committed is the same everywhere. It refuses to be sent that again, and
    /// says nothing of how far it matches: a peer that began anew at the address of another, whose
    /// part of the log it was sent, would never count as caught up.
    private void takeCommittedAsMatching(FollowerInfo follower) {
        long both = Math.min(follower.getCommitIndex(), getRaftLog().getLastCommittedIndex());
        if (both > follower.getMatchIndex() && follower.updateMatchIndex(both)) {
            follower.updateNextIndex(both + 1);
            getLeaderState().onFollowerSuccessAppendEntries(follower);
        }
    }

    @Override
    public AwaitForSignal getEventAwaitForSignal() {
        return signal;
    }

    /// A signal that is kept until somebody waits.
    private static final class Remembered extends AwaitForSignal {

        private final Semaphore signals = new Semaphore(0);

        Remembered(String name) {
            super(name);
        }

        @Override
        public void await() throws InterruptedException {
            signals.acquire();
            signals.drainPermits();
        }

        @Override
        public boolean await(long time, TimeUnit unit) throws InterruptedException {
            if (time <= 0 || !signals.tryAcquire(time, unit)) {
                return false;
            }
            signals.drainPermits();
            return true;
        }

        @Override
        public void signal() {
            signals.release();
        }
    }
}
