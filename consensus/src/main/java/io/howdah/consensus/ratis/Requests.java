package io.howdah.consensus.ratis;

import io.howdah.consensus.StoreException;
import io.howdah.consensus.StoreUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.RaftException;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/// Gets a request to the leader and its answer back, whoever leads meanwhile. It follows what the
/// own part of the group knows of the leader, so it learns of a new one as soon as anybody can.
/// Thread-safe; its calls wait, so they belong on virtual threads.
final class Requests implements AutoCloseable {

    private static final long PAUSE_MILLIS = 10;
    private static final long LEADERLESS_MILLIS = 50;
    private static final long RESET_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final RaftServer server;
    private final RaftGroupId group;
    private final RaftClientRpc rpc;
    private final ClientId session;
    private final Duration timeout;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong lastReset = new AtomicLong(System.nanoTime() - RESET_NANOS);
    private final LeaderSignal leaderSignal;
    private volatile boolean closed;

    Requests(
            RaftServer server,
            RaftGroupId group,
            RaftClientRpc rpc,
            ClientId session,
            Duration timeout,
            LeaderSignal leaderSignal) {
        this.server = server;
        this.group = group;
        this.rpc = rpc;
        this.session = session;
        this.timeout = timeout;
        this.leaderSignal = leaderSignal;
    }

    /// The reply to one submission, sent as often as needed under one id, and how often it was
    /// sent.
    record Answer(ByteString content, int attempts) {}

    /// A moment in the future by which a call must be over.
    Deadline deadline() {
        return new Deadline(System.nanoTime() + timeout.toNanos());
    }

    record Deadline(long nanoTime) {
        long remainingMillis() {
            return TimeUnit.NANOSECONDS.toMillis(nanoTime - System.nanoTime());
        }
    }

    Answer write(Submission submission, Deadline deadline) throws InterruptedException {
        Message message = Message.valueOf(submission.encode());
        long call = calls.incrementAndGet();
        Map<RaftPeerId, CompletableFuture<RaftClientReply>> pending = new HashMap<>();
        int attempts = 0;
        @Nullable RaftPeerId hint = null;
        String last = "no leader is known";
        while (!closed && deadline.remainingMillis() > 0) {
            CompletableFuture<Void> changed = leaderSignal.next();
            RaftPeerId leader = hint != null ? hint : leader();
            hint = null;
            if (leader == null) {
                await(changed, Math.min(deadline.remainingMillis(), LEADERLESS_MILLIS));
                continue;
            }
            CompletableFuture<RaftClientReply> reply = pending.get(leader);
            if (reply == null) {
                attempts++;
                reply = send(request(leader, call, message, deadline));
                pending.put(leader, reply);
            }
            await(CompletableFuture.anyOf(reply, changed), deadline.remainingMillis());
            if (!reply.isDone()) {
                last = leader + " did not answer";
                continue;
            }
            pending.remove(leader);
            Result result = Result.of(reply);
            if (result.content() != null) {
                return new Answer(result.content(), attempts);
            }
            last = leader + ": " + result.failure();
            hint = result.suggestedLeader();
            reset(leader, result.failure());
            await(leaderSignal.next(), Math.min(deadline.remainingMillis(), PAUSE_MILLIS));
        }
        pending.keySet().forEach(leader -> reset(leader, new IOException("no answer in time")));
        throw unavailable(last);
    }

    private @Nullable RaftPeerId leader() {
        try {
            RaftServer.Division division = server.getDivision(group);
            rpc.addRaftPeers(division.getRaftConf().getAllPeers());
            return division.getInfo().getLeaderId();
        } catch (IOException e) {
            return null;
        }
    }

    private RaftClientRequest request(
            RaftPeerId to, long call, Message message, Deadline deadline) {
        return builder(to, call)
                .setType(RaftClientRequest.writeRequestType())
                .setMessage(message)
                .setTimeoutMs(Math.max(deadline.remainingMillis(), 1))
                .build();
    }

    private RaftClientRequest.Builder builder(RaftPeerId to, long call) {
        return RaftClientRequest.newBuilder()
                .setClientId(session)
                .setServerId(to)
                .setGroupId(group)
                .setCallId(call);
    }

    private CompletableFuture<RaftClientReply> send(RaftClientRequest request) {
        return request.getServerId().equals(server.getId())
                ? sendHere(request)
                : sendThere(request);
    }

    /// Each request has a stream of its own: on Ratis' shared one, one that found no leader takes
    /// all others down with it.
    private CompletableFuture<RaftClientReply> sendThere(RaftClientRequest request) {
        CompletableFuture<RaftClientReply> reply = new CompletableFuture<>();
        Thread.ofVirtual()
                .name("howdah-store-call-" + request.getServerId())
                .start(() -> {
                    try {
                        reply.complete(rpc.sendRequest(request));
                    } catch (IOException | RuntimeException e) {
                        reply.completeExceptionally(e);
                    }
                });
        return reply;
    }

    private CompletableFuture<RaftClientReply> sendHere(RaftClientRequest request) {
        try {
            return server.submitClientRequestAsync(request);
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /// Connects anew: gRPC would try a connection that failed again only after a growing pause.
    private void reset(RaftPeerId peer, @Nullable Throwable failure) {
        if (peer.equals(server.getId()) || failure instanceof RaftException) {
            return;
        }
        long now = System.nanoTime();
        long previous = lastReset.getAndUpdate(last -> now - last > RESET_NANOS ? now : last);
        if (now - previous > RESET_NANOS) {
            // Closing the old connection may take a while.
            Thread.ofVirtual()
                    .name("howdah-store-reset-" + peer)
                    .start(() -> rpc.handleException(peer, failure, true));
        }
    }

    private static void await(CompletableFuture<?> future, long millis)
            throws InterruptedException {
        try {
            future.get(Math.max(millis, 0), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // The caller looks at what it waited for, and at the clock.
            return;
        }
    }

    private StoreException unavailable(String last) {
        return closed
                ? new StoreUnavailableException(
                        "the store is closed", "start the node again, or ask another one.")
                : new StoreUnavailableException(
                        "no majority answered within %d ms: %s".formatted(timeout.toMillis(), last),
                        "see that a majority of the nodes run and reach each other.");
    }

    @Override
    public void close() {
        closed = true;
        leaderSignal.changed();
    }

    /// What one attempt came to: content, or a failure.
    private record Result(
            @Nullable ByteString content,
            @Nullable Throwable failure,
            @Nullable RaftPeerId suggestedLeader) {

        static Result of(CompletableFuture<RaftClientReply> done) {
            try {
                RaftClientReply reply = done.join();
                if (reply.isSuccess()) {
                    return new Result(reply.getMessage().getContent(), null, null);
                }
                return failed(reply.getException());
            } catch (RuntimeException e) {
                return failed(e.getCause() == null ? e : e.getCause());
            }
        }

        private static Result failed(@Nullable Throwable failure) {
            return switch (failure) {
                case NotLeaderException e when e.getSuggestedLeader() != null ->
                        new Result(null, e, e.getSuggestedLeader().getId());
                case StateMachineException e ->
                        throw new StoreException(
                                "the command was not accepted: " + e.getMessage(),
                                "this is a bug; please report it.",
                                e);
                case null -> new Result(null, new IOException("no reason given"), null);
                default -> new Result(null, failure, null);
            };
        }
    }
}
