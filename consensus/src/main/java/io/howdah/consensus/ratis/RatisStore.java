package io.howdah.consensus.ratis;

import io.howdah.consensus.DocumentType;
import io.howdah.consensus.Introduction;
import io.howdah.consensus.Introductions;
import io.howdah.consensus.LogProgress;
import io.howdah.consensus.Outcome;
import io.howdah.consensus.Peer;
import io.howdah.consensus.Store;
import io.howdah.consensus.StoreException;
import io.howdah.consensus.StoreSettings;
import io.howdah.consensus.StoreUnavailableException;
import io.howdah.consensus.Subscription;
import io.howdah.consensus.Transport;
import io.howdah.consensus.Versioned;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A store that is a Raft group of the nodes themselves.
public final class RatisStore<S, C> implements Store<S, C> {

    private static final Logger LOG = LoggerFactory.getLogger(RatisStore.class);
    private static final int REQUESTS_MAXIMUM = 256;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final StoreSettings settings;
    private final DocumentType<S, C> type;
    private final DirectoryLock lock;
    private final Watchers<S> watchers;
    private final DocumentMachine<S, C> machine;
    private final Part part;
    private final RaftClientRpc rpc;
    private final Requests requests;
    private final DiskWatch disk;
    private final List<PartLooks> looks;
    private final Membership membership;
    private final Forming forming;
    private final Semaphore free = new Semaphore(REQUESTS_MAXIMUM);
    private volatile boolean closed;

    /// Opens this node's part of the store and starts looking for its group in the background; see
    /// [Store#formed()] and [Store#status()].
    ///
    /// A damaged storage is put aside, and this node joins the others as a new peer: never under
    /// its old id, as it may have voted under that. Where it has no others, that is left to the
    /// operator.
    ///
    /// @throws StoreException if the directory is damaged, in use, another cluster's or cannot be
    ///   written, or the port is taken
    public static <S, C> Store<S, C> open(
            StoreSettings settings, DocumentType<S, C> type, Introductions introductions) {
        return opened(settings, type, introductions);
    }

    static <S, C> RatisStore<S, C> opened(
            StoreSettings settings, DocumentType<S, C> type, Introductions introductions) {
        DirectoryLock lock = DirectoryLock.take(settings.directory());
        try {
            RatisStore<S, C> store = mended(settings, type, introductions, lock);
            store.forming.start();
            return store;
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static <S, C> RatisStore<S, C> mended(
            StoreSettings settings,
            DocumentType<S, C> type,
            Introductions introductions,
            DirectoryLock lock) {
        try {
            return new RatisStore<>(settings, type, introductions, lock);
        } catch (DamagedStorageException damage) {
            if (settings.configuredNodes().stream().allMatch(settings.nodeName()::equals)) {
                throw damage;
            }
            Path aside = Aside.put(settings.directory(), damage);
            LOG.error(
                    "{}; it is put aside in {}, and this node joins the others as a new peer",
                    String.valueOf(damage.getMessage()).lines().findFirst().orElse(""),
                    aside);
            return new RatisStore<>(settings, type, introductions, lock);
        }
    }

    /// Why this node's part of the group ended by itself, or will not go on: its log could not be
    /// written. Null while it works.
    @Nullable String failure() {
        Throwable failed = machine.logFailure();
        if (failed != null) {
            return "the log cannot be written: " + failed.getMessage();
        }
        return !closed && forming.isFormed() && !part.isAlive() && part.isMember()
                ? "the log cannot be written"
                : null;
    }

    private RatisStore(
            StoreSettings settings,
            DocumentType<S, C> type,
            Introductions introductions,
            DirectoryLock lock) {
        this.settings = settings;
        this.type = type;
        this.lock = lock;
        this.watchers = new Watchers<>(settings.nodeName());
        LeaderSignal leaderSignal = new LeaderSignal();
        this.machine = new DocumentMachine<>(type, watchers::publish, leaderSignal::changed);
        Path raftDirectory = settings.directory().resolve("raft");
        RaftProperties properties = Tuning.properties(settings, raftDirectory);
        Parameters parameters = parameters(settings.transport());
        Identity identity = Identity.of(settings);
        RaftGroupId groupId = Peers.groupId(settings.cluster());
        this.part =
                Part.start(
                        settings,
                        properties,
                        parameters,
                        identity,
                        Forming.groupOf(identity, Part.exists(raftDirectory, groupId), settings),
                        machine);
        ClientId session = ClientId.randomId();
        this.rpc = PromptRpc.factory(parameters).newRaftClientRpc(session, properties);
        this.requests =
                new Requests(
                        part.server(),
                        groupId,
                        rpc,
                        session,
                        settings.requestTimeout(),
                        leaderSignal);
        this.disk = new DiskWatch(part);
        this.looks =
                List.of(
                        PartLooks.start("reconnection", part, new Reconnection(part)::look),
                        PartLooks.start("disk", part, disk::look));
        this.membership = new Membership(groupId, properties, parameters);
        this.forming = new Forming(settings, identity, part, membership, introductions);
    }

    private static Parameters parameters(Transport transport) {
        return switch (transport) {
            case Transport.Plain() -> new Parameters();
            case Transport.MutualTls tls -> PromptRpc.encrypted(PeerTls.of(tls));
        };
    }

    @Override
    public CompletableFuture<Outcome<S>> submit(C command) {
        Optional<String> objection = type.objection(machine.seen().state(), command);
        if (objection.isPresent()) {
            return CompletableFuture.failedFuture(StoreException.of(objection.get()));
        }
        ByteString bytes = ByteString.copyFrom(type.encodeCommand(command));
        if (bytes.size() > Tuning.COMMAND_BYTES_MAXIMUM) {
            return CompletableFuture.failedFuture(
                    new StoreException(
                            "a command of %d bytes is too long (at most %d)"
                                    .formatted(bytes.size(), Tuning.COMMAND_BYTES_MAXIMUM),
                            "make it smaller."));
        }
        return request(() -> submitAndWait(bytes));
    }

    private Outcome<S> submitAndWait(ByteString command) throws InterruptedException {
        Requests.Deadline deadline = requests.deadline();
        long base = machine.seen().index();
        while (true) {
            Requests.Answer answer =
                    requests.write(new Submission.Command(base, command), deadline);
            Reply reply = Reply.decode(answer.content());
            switch (reply.verdict()) {
                case APPLIED -> {
                    return new Outcome<>(result(reply), reply.refusal());
                }
                case EXPIRED -> {
                    if (answer.attempts() > 1) {
                        throw outcomeUnknown(reply);
                    }
                    // Certainly not applied: this node was far behind. Now it knows where the log
                    // is.
                    base = reply.index();
                }
                case REPEATED -> throw outcomeUnknown(reply);
            }
        }
    }

    private Versioned<S> result(Reply reply) {
        return new Versioned<>(reply.index(), type.decodeState(reply.state().toByteArray()));
    }

    private static StoreException outcomeUnknown(Reply reply) {
        return new StoreUnavailableException(
                "the outcome of a command is unknown: its repetition at log position %d was %s"
                        .formatted(reply.index(), reply.verdict()),
                "read the state, then decide again.");
    }

    @Override
    public CompletableFuture<Versioned<S>> read() {
        return request(() -> {
            Requests.Answer answer = requests.write(new Submission.Read(), requests.deadline());
            return result(Reply.decode(answer.content()));
        });
    }

    /// Runs a call that waits, on a virtual thread of its own.
    private <T> CompletableFuture<T> request(Callable<T> call) {
        if (!forming.isFormed()) {
            return CompletableFuture.failedFuture(
                    new StoreUnavailableException(
                            "there is no group yet: " + forming.status(),
                            "see that the other nodes run and reach each other."));
        }
        if (!free.tryAcquire()) {
            return CompletableFuture.failedFuture(
                    new StoreUnavailableException(
                            REQUESTS_MAXIMUM + " requests are waiting already",
                            "try again when some are answered."));
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofVirtual()
                .name("howdah-store-request-" + settings.nodeName())
                .start(() -> {
                    try {
                        T value = call.call();
                        free.release();
                        result.complete(value);
                    } catch (Throwable e) {
                        free.release();
                        result.completeExceptionally(e);
                    }
                });
        return result;
    }

    @Override
    public Versioned<S> seen() {
        return machine.seen();
    }

    @Override
    public LogProgress progress() {
        long applied = machine.getLastAppliedTermIndex().getIndex();
        return new LogProgress(
                Math.max(0, applied),
                Math.max(applied, part.committedIndex()),
                machine.appliedAtMillis());
    }

    @Override
    public Subscription watch(Consumer<Versioned<S>> listener) {
        return watchers.add(listener, machine.seen());
    }

    @Override
    public List<Peer> peers() {
        return forming.peers();
    }

    @Override
    public Optional<Peer> leader() {
        return part.leader();
    }

    @Override
    public CompletableFuture<Void> addPeer(Peer peer) {
        return request(() -> {
            List<Peer> now = part.members();
            List<Peer> next = new ArrayList<>(without(now, peer.nodeName()));
            next.add(peer);
            change(now, next);
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> removePeer(String nodeName) {
        return request(() -> {
            List<Peer> now = part.members();
            change(now, without(now, nodeName));
            return null;
        });
    }

    private void change(List<Peer> now, List<Peer> next) {
        if (next.equals(now)) {
            return;
        }
        try {
            membership.change(now, next);
        } catch (IOException e) {
            throw new StoreException(
                    "cannot change the group from %s to %s: %s"
                            .formatted(names(now), names(next), e.getMessage()),
                    "see that a majority of the nodes run, and the new one as well; then try again.",
                    e);
        }
    }

    private static List<Peer> without(List<Peer> peers, String nodeName) {
        return peers.stream().filter(peer -> !peer.nodeName().equals(nodeName)).toList();
    }

    private static List<String> names(List<Peer> peers) {
        return peers.stream().map(Peer::peerId).toList();
    }

    @Override
    public Introduction introduction() {
        return forming.introduction();
    }

    @Override
    public CompletableFuture<Void> formed() {
        return forming.formed().copy();
    }

    @Override
    public String status() {
        String newer = machine.newer();
        if (newer != null) {
            return "stopped: " + newer.lines().findFirst().orElse("");
        }
        if (closed) {
            return "closed";
        }
        return disk.isHanging()
                ? "%s; the disk below %s does not answer"
                        .formatted(forming.status(), settings.directory())
                : forming.status();
    }

    @Override
    public void close() {
        close(Part::handOver);
    }

    /// Goes without a word, as a process that is killed does. For tests.
    void closeAbruptly() {
        close(leaving -> {});
    }

    private void close(Consumer<Part> farewell) {
        if (closed) {
            return;
        }
        closed = true;
        forming.close();
        looks.forEach(PartLooks::close);
        requests.close();
        watchers.close();
        Thread closing = Thread.ofVirtual().start(() -> closeRaft(farewell));
        try {
            if (!closing.join(CLOSE_TIMEOUT)) {
                LOG.warn("Ratis did not close within {} ms", CLOSE_TIMEOUT.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lock.close();
    }

    private void closeRaft(Consumer<Part> farewell) {
        try (part;
                rpc) {
            farewell.accept(part);
        } catch (IOException | RuntimeException e) {
            LOG.warn("Ratis did not close orderly", e);
        }
    }
}
