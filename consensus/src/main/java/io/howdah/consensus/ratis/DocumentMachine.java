package io.howdah.consensus.ratis;

import io.howdah.consensus.DocumentType;
import io.howdah.consensus.NewerVersionException;
import io.howdah.consensus.Transition;
import io.howdah.consensus.Versioned;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Applies the log's commands to the document, on Ratis' one thread for that, and has snapshots
/// written.
final class DocumentMachine<S, C> extends BaseStateMachine {

    private static final Logger LOG = LoggerFactory.getLogger(DocumentMachine.class);
    private static final int SNAPSHOT_FORMAT = 1;

    private final DocumentType<S, C> type;
    private final Consumer<Versioned<S>> applied;
    private final Runnable leaderChanged;
    private final SnapshotFiles snapshots = new SnapshotFiles();
    private final SnapshotWriter writer = new SnapshotWriter(snapshots::write);
    private volatile Versioned<S> seen;
    private volatile @Nullable Throwable logFailure;
    private volatile long appliedAtMillis;
    private volatile @Nullable String newer;
    private Recent recent = new Recent();

    /// @param applied hears of each document on the applying thread, so it must not wait
    /// @param leaderChanged called when another leader is known, on threads of Ratis; must not wait
    DocumentMachine(
            DocumentType<S, C> type, Consumer<Versioned<S>> applied, Runnable leaderChanged) {
        this.type = type;
        this.applied = applied;
        this.leaderChanged = leaderChanged;
        this.seen = new Versioned<>(0, type.initial());
    }

    Versioned<S> seen() {
        return seen;
    }

    /// Why nothing is applied any more: a later version's command came. Null while all is well.
    @Nullable String newer() {
        return newer;
    }

    /// Wall clock when a command was applied last; for display only.
    long appliedAtMillis() {
        return appliedAtMillis;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage)
            throws IOException {
        super.initialize(server, groupId, storage);
        snapshots.init(storage);
        load(snapshots.getLatestSnapshot());
        getLifeCycle().transition(LifeCycle.State.STARTING);
        getLifeCycle().transition(LifeCycle.State.RUNNING);
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        Reply reply = apply(entry.getIndex(), entry.getStateMachineLogEntry());
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        appliedAtMillis = System.currentTimeMillis();
        return CompletableFuture.completedFuture(Message.valueOf(reply.encode()));
    }

    private Reply apply(long index, StateMachineLogEntryProto entry) {
        try {
            return switch (Submission.decode(entry.getLogData())) {
                case Submission.Command command -> apply(index, idOf(entry), command);
                case Submission.Read() -> reply(seen, null);
            };
        } catch (IllegalArgumentException e) {
            LOG.error("log position {} cannot be read", index, e);
            return reply(seen, "cannot be read: " + e.getMessage());
        }
    }

    private static Recent.Id idOf(StateMachineLogEntryProto entry) {
        return new Recent.Id(ClientId.valueOf(entry.getClientId()).getUuid(), entry.getCallId());
    }

    private Reply apply(long index, Recent.Id id, Submission.Command command) {
        if (recent.contains(id)) {
            return Reply.notApplied(Reply.Verdict.REPEATED, index);
        }
        if (command.base() < index - Submission.WINDOW_ENTRIES) {
            return Reply.notApplied(Reply.Verdict.EXPIRED, index);
        }
        Transition<S> transition = transition(index, command);
        recent.add(id, index);
        Versioned<S> result = new Versioned<>(index, transition.state());
        seen = result;
        applied.accept(result);
        return reply(result, transition.refusal());
    }

    private Transition<S> transition(long index, Submission.Command command) {
        S state = seen.state();
        try {
            return type.apply(state, type.decodeCommand(command.command().toByteArray()));
        } catch (NewerVersionException e) {
            // Not on every node alike: whoever understands it goes on, and this one must not part
            // from them. Ratis closes this node's part of the group when this leaves the applying
            // thread.
            newer = String.valueOf(e.getMessage());
            LOG.error("stopped before log position {}: {}", index, newer);
            throw e;
        } catch (RuntimeException e) {
            // On every node alike. An exception that left here would stop the whole group for good.
            LOG.error("the command at log position {} cannot be applied", index, e);
            return Transition.refused(state, "cannot be applied: " + e);
        }
    }

    private Reply reply(Versioned<S> result, @Nullable String refusal) {
        return new Reply(
                Reply.Verdict.APPLIED,
                result.index(),
                refusal,
                ByteString.copyFrom(type.encodeState(result.state())));
    }

    /// Why the log could not be written; null while it can. Ratis writes nothing more after that,
    /// whatever becomes of the disk.
    @Nullable Throwable logFailure() {
        return logFailure;
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
        logFailure = cause;
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, @Nullable RaftPeerId leader) {
        leaderChanged.run();
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return snapshots;
    }

    /// Ratis asks after each command until it is told of a new snapshot.
    ///
    /// @return the last log position in one that is on disk now, and was not told of yet
    @Override
    public long takeSnapshot() throws IOException {
        if (writer.isBusy()) {
            return RaftLog.INVALID_LOG_INDEX;
        }
        long written = writer.takeWritten();
        if (written == RaftLog.INVALID_LOG_INDEX) {
            writer.begin(getLastAppliedTermIndex(), snapshot());
        }
        return written;
    }

    private byte[] snapshot() throws IOException {
        Versioned<S> now = seen;
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(content)) {
            out.writeInt(SNAPSHOT_FORMAT);
            out.writeLong(now.index());
            recent.write(out);
            byte[] state = type.encodeState(now.state());
            out.writeInt(state.length);
            out.write(state);
        }
        return content.toByteArray();
    }

    @Override
    public void close() throws IOException {
        writer.close();
        super.close();
    }

    /// A snapshot from the leader is about to replace what we have.
    @Override
    public void pause() {
        if (getLifeCycleState() == LifeCycle.State.RUNNING) {
            getLifeCycle().transition(LifeCycle.State.PAUSING);
            getLifeCycle().transition(LifeCycle.State.PAUSED);
        }
    }

    @Override
    public void reinitialize() throws IOException {
        writer.forget();
        load(snapshots.loadLatestSnapshot());
        if (getLifeCycleState() == LifeCycle.State.PAUSED) {
            getLifeCycle().transition(LifeCycle.State.STARTING);
            getLifeCycle().transition(LifeCycle.State.RUNNING);
        }
        applied.accept(seen);
    }

    private void load(@Nullable SingleFileSnapshotInfo snapshot) throws IOException {
        if (snapshot == null) {
            return;
        }
        File file = snapshot.getFile().getPath().toFile();
        MD5Hash digest = snapshot.getFile().getFileDigest();
        if (digest != null) {
            // of the content: Ratis' own check only compares two notes of the digest
            MD5Hash found = MD5FileUtil.computeMd5ForFile(file);
            if (!found.equals(digest)) {
                throw new IOException(
                        "snapshot "
                                + file
                                + " is damaged: its digest is "
                                + found
                                + ", not "
                                + digest);
            }
        }
        try (DataInputStream in =
                new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(file.toPath())))) {
            int format = in.readInt();
            if (format != SNAPSHOT_FORMAT) {
                throw new IOException("snapshot " + file + " has unknown format " + format);
            }
            long index = in.readLong();
            Recent loaded = Recent.read(in);
            byte[] state = new byte[in.readInt()];
            in.readFully(state);
            seen = new Versioned<>(index, type.decodeState(state));
            recent = loaded;
        }
        setLastAppliedTermIndex(SimpleStateMachineStorage.getTermIndexFromSnapshotFile(file));
    }
}
