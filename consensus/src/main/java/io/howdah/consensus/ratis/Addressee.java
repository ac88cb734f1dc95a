package io.howdah.consensus.ratis;

import java.util.Optional;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.jspecify.annotations.Nullable;

/// Takes only what is meant for this very peer. A node that lost its storage comes back at the same
/// address as a new peer, while the others still know the old one; Ratis itself does not look whom
/// a message names. Unrefused, the new peer would answer as the old one: vote where that had voted
/// otherwise, count as its copy of the log, and take its entries out of their order among its own.
/// Thread-safe.
///
/// @param server the peer at this address; it does not know its id yet when this is made
record Addressee(RaftServer server) implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return new JudgedCall<>(call, next.startCall(call, headers), this::objection);
    }

    private Optional<Status> objection(Object message) {
        RaftRpcRequestProto head = head(message);
        return head == null || head.getReplyId().equals(server.getId().toByteString())
                ? Optional.empty()
                : Optional.of(
                        Status.NOT_FOUND.withDescription(
                                "%s is not here any more, but %s"
                                        .formatted(
                                                head.getReplyId().toStringUtf8(), server.getId())));
    }

    /// Who speaks to whom, where the message is one between peers.
    private static @Nullable RaftRpcRequestProto head(Object message) {
        return switch (message) {
            case AppendEntriesRequestProto append -> append.getServerRequest();
            case RequestVoteRequestProto vote -> vote.getServerRequest();
            case InstallSnapshotRequestProto install -> install.getServerRequest();
            case StartLeaderElectionRequestProto start -> start.getServerRequest();
            case ReadIndexRequestProto read -> read.getServerRequest();
            default -> null;
        };
    }
}
