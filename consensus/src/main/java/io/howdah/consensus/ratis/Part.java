package io.howdah.consensus.ratis;

import io.howdah.consensus.NewerVersionException;
import io.howdah.consensus.Peer;
import io.howdah.consensus.StoreException;
import io.howdah.consensus.StoreSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachine;
import org.apache.ratis.util.ExitUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node's part of the Raft group: the server, with or without a group yet.
final class Part implements AutoCloseable {

    static {
        // Ratis would end the whole process when it cannot listen.
        ExitUtils.disableSystemExit();
    }

    private static final Logger LOG = LoggerFactory.getLogger(Part.class);
    private static final long HAND_OVER_MILLIS = 500;
    private static final Duration LET_GO = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    private final RaftServer server;
    private final RaftGroupId groupId;
    private final InetSocketAddress address;

    private Part(RaftServer server, RaftGroupId groupId, InetSocketAddress address) {
        this.server = server;
        this.groupId = groupId;
        this.address = address;
    }

    /// Whether there is a log of this group below a directory.
    static boolean exists(Path raftDirectory, RaftGroupId groupId) {
        return Files.exists(
                raftDirectory
                        .resolve(groupId.getUuid().toString())
                        .resolve("current")
                        .resolve("raft-meta"));
    }

    /// Starts listening, and the group, if there is one.
    ///
    /// @param group the group to start with, where this node has one
    /// @throws StoreException if the port is taken or the storage damaged
    static Part start(
            StoreSettings settings,
            RaftProperties properties,
            Parameters parameters,
            Identity identity,
            @Nullable List<Peer> group,
            StateMachine machine) {
        InetSocketAddress address = new InetSocketAddress(settings.host(), settings.port());
        refuseTakenPort(address);
        RaftGroupId groupId = Peers.groupId(settings.cluster());
        @Nullable RaftServer server = null;
        try {
            RaftServer.Builder builder =
                    RaftServer.newBuilder()
                            .setServerId(RaftPeerId.valueOf(identity.peerId()))
                            .setStateMachine(machine)
                            .setProperties(properties)
                            .setParameters(parameters)
                            .setOption(RaftStorage.StartupOption.RECOVER);
            if (group != null) {
                builder.setGroup(Peers.group(groupId, group));
            }
            server = builder.build();
            server.start();
            return new Part(server, groupId, address);
        } catch (IOException | RuntimeException e) {
            closeQuietly(server);
            Throwable root = rootCause(e);
            if (root instanceof NewerVersionException) {
                throw StoreException.of(String.valueOf(root.getMessage()));
            }
            throw Damage.of(
                    settings.directory(),
                    "cannot start from the storage in %s: %s"
                            .formatted(settings.directory(), rootCause(e)),
                    e);
        }
    }

    private static void refuseTakenPort(InetSocketAddress address) {
        try {
            tryToListen(address);
        } catch (IOException | RuntimeException e) {
            throw new StoreException(
                    "cannot listen on %s:%d: %s"
                            .formatted(address.getHostString(), address.getPort(), e.getMessage()),
                    "stop what listens there, or choose another port for consensus.",
                    e);
        }
    }

    private static void tryToListen(InetSocketAddress address) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
        }
    }

    private static Throwable rootCause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static void closeQuietly(@Nullable RaftServer server) {
        if (server != null) {
            try {
                server.close();
            } catch (IOException | RuntimeException e) {
                // What went wrong before is what the caller reports.
                return;
            }
        }
    }

    /// Starts a group in a server that had none.
    ///
    /// @param group its members; none if they are to take this node in
    void begin(List<Peer> group) throws IOException {
        RaftGroup raftGroup =
                group.isEmpty() ? RaftGroup.valueOf(groupId) : Peers.group(groupId, group);
        RaftClientReply reply =
                server.groupManagement(
                        GroupManagementRequest.newAdd(
                                ClientId.randomId(), server.getId(), 1, raftGroup, false));
        if (!reply.isSuccess()) {
            throw reply.getException() != null
                    ? reply.getException()
                    : new IOException("cannot start the group");
        }
    }

    RaftServer server() {
        return server;
    }

    /// The group's part here, once it has begun.
    Optional<RaftServer.Division> division() {
        try {
            return Optional.of(server.getDivision(groupId));
        } catch (IOException | CompletionException e) {
            return Optional.empty();
        }
    }

    /// The members as the log says; empty before the group has begun.
    List<Peer> members() {
        return division()
                .map(division -> Peers.fromRatis(division.getRaftConf().getCurrentPeers()))
                .orElse(List.of());
    }

    /// Whether this node is in the group, and no change of the group is under way.
    boolean isMember() {
        return division()
                .map(RaftServer.Division::getRaftConf)
                .filter(group -> group.getPreviousPeers().isEmpty())
                .filter(group -> group.getPeer(server.getId()) != null)
                .isPresent();
    }

    /// Whether the group goes on without this node, as its own log says.
    boolean isRemoved() {
        return division()
                .map(RaftServer.Division::getRaftConf)
                .map(RaftConfiguration::getCurrentPeers)
                .filter(peers -> !peers.isEmpty())
                .filter(peers ->
                        peers.stream().noneMatch(peer -> peer.getId().equals(server.getId())))
                .isPresent();
    }

    Optional<Peer> leader() {
        return division()
                .map(division -> division.getInfo().getLeaderId())
                .flatMap(id ->
                        members().stream()
                                .filter(peer -> peer.peerId().equals(id.toString()))
                                .findFirst());
    }

    /// The last log position that this node knows to be agreed on; 0 before the group has begun.
    long committedIndex() {
        return division()
                .map(division -> Math.max(0, division.getRaftLog().getLastCommittedIndex()))
                .orElse(0L);
    }

    boolean isAlive() {
        return division().map(division -> division.getInfo().isAlive()).orElse(false);
    }

    /// Hands the lead to another peer, where this one has it, so that the group need not first
    /// notice that its leader is gone. Bounded.
    void handOver() {
        division()
                .filter(division -> division.getInfo().isLeader())
                .flatMap(this::successor)
                .ifPresent(this::handOverTo);
    }

    /// As [#handOver], but only to a peer that has all of this one's log already: the group takes
    /// no commands while another one catches up.
    void handOverWhole() {
        division()
                .filter(division -> division.getInfo().isLeader())
                .flatMap(Part::whole)
                .ifPresent(this::handOverTo);
    }

    /// Ratis lists the followers' state twice, in one order.
    private static Optional<RaftPeerId> whole(RaftServer.Division division) {
        long last = division.getRaftLog().getNextIndex() - 1;
        long[] matching = division.getInfo().getFollowerMatchIndices();
        List<ServerRpcProto> followers =
                division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
        return IntStream.range(0, Math.min(matching.length, followers.size()))
                .filter(i -> matching[i] >= last)
                .mapToObj(i -> RaftPeerId.valueOf(followers.get(i).getId().getId()))
                .findFirst();
    }

    /// Returns when nothing listens here any more, so that this node can be opened again at once;
    /// after two seconds in any case.
    @Override
    public void close() throws IOException {
        server.close();
        awaitFreePort();
    }

    /// Ratis asks its server to go and does not wait for that.
    private void awaitFreePort() {
        long until = System.nanoTime() + LET_GO.toNanos();
        try {
            while (isTaken() && System.nanoTime() - until < 0) {
                Thread.sleep(LOOK_AGAIN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isTaken() {
        try {
            tryToListen(address);
            return false;
        } catch (IOException | RuntimeException e) {
            return true;
        }
    }

    /// The peer that has most of the log.
    private Optional<RaftPeerId> successor(RaftServer.Division division) {
        return division.getCommitInfos().stream()
                .filter(info -> !info.getServer().getId().equals(server.getId().toByteString()))
                .max(Comparator.comparingLong(CommitInfoProto::getCommitIndex))
                .map(info -> RaftPeerId.valueOf(info.getServer().getId()));
    }

    private void handOverTo(RaftPeerId successor) {
        try {
            RaftClientReply reply =
                    server.transferLeadership(
                            new TransferLeadershipRequest(
                                    ClientId.randomId(),
                                    server.getId(),
                                    groupId,
                                    1,
                                    successor,
                                    HAND_OVER_MILLIS));
            LOG.debug("handing over to {}: {}", successor, reply);
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} did not take over, it has to be elected", successor, e);
        }
    }
}
