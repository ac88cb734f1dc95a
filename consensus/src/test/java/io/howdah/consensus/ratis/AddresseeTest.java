package io.howdah.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.consensus.Peer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddresseeTest {

    @TempDir Path directory;

    /// Its former self has voted, and that vote is forgotten here with its storage.
    @Test
    void aPeerDoesNotVoteForTheOneThatWasAtItsAddressBefore() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2")) {
            Peer here = nodes.store("n2").introduction().self();
            Peer asking = nodes.store("n1").introduction().self();
            ManagedChannel channel =
                    NettyChannelBuilder.forAddress(here.host(), here.port()).usePlaintext().build();
            try {
                assertThatThrownBy(() -> askForAVote(channel, asking.peerId(), "n2-before"))
                        .isInstanceOf(StatusRuntimeException.class)
                        .hasMessageContaining(
                                "n2-before is not here any more, but " + here.peerId());

                // its own name is heard; the vote itself is refused, as there is a leader
                RequestVoteReplyProto answer = askForAVote(channel, asking.peerId(), here.peerId());
                assertThat(answer.getServerReply().getReplyId().toStringUtf8())
                        .isEqualTo(here.peerId());
            } finally {
                channel.shutdownNow();
            }
        }
    }

    private static RequestVoteReplyProto askForAVote(
            ManagedChannel channel, String from, String to) {
        RequestVoteRequestProto request =
                RequestVoteRequestProto.newBuilder()
                        .setServerRequest(
                                RaftRpcRequestProto.newBuilder()
                                        .setRequestorId(RaftPeerId.valueOf(from).toByteString())
                                        .setReplyId(RaftPeerId.valueOf(to).toByteString())
                                        .setRaftGroupId(
                                                RaftGroupIdProto.newBuilder()
                                                        .setId(
                                                                Peers.groupId("test")
                                                                        .toByteString())))
                        .setCandidateTerm(0)
                        .setPreVote(true)
                        .build();
        return RaftServerProtocolServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .requestVote(request);
    }
}
