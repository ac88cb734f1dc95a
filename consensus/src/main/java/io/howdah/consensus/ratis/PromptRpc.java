package io.howdah.consensus.ratis;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.client.GrpcClientRpc;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.grpc.server.GrpcServicesImpl;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.jspecify.annotations.Nullable;

/// gRPC as Ratis does it, with a leader that announces commits at once, peers that take only what
/// is meant for them, and TLS of our own. Ratis makes an instance by this class' name; it is public
/// only for that.
public final class PromptRpc implements RpcType {

    private static final String TLS = "howdah.tls";

    @Override
    public String name() {
        return SupportedRpcType.GRPC.name();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
        return factory(parameters);
    }

    /// The factory of one store.
    static GrpcFactory factory(Parameters parameters) {
        return new Factory(parameters);
    }

    /// Parameters with which everything that Ratis connects is encrypted.
    static Parameters encrypted(PeerTls tls) {
        Parameters parameters = new Parameters();
        parameters.put(TLS, tls, PeerTls.class);
        return parameters;
    }

    private static final class Factory extends GrpcFactory {

        private final @Nullable PeerTls tls;

        Factory(Parameters parameters) {
            super(parameters);
            this.tls = parameters.get(TLS, PeerTls.class);
        }

        @Override
        public GrpcServices newRaftServerRpc(RaftServer server) {
            GrpcServicesImpl.Builder services = GrpcServicesImpl.newBuilder().setServer(server);
            Addressee addressee = new Addressee(server);
            if (tls == null) {
                return services.setCustomizer((builder, types) -> builder.intercept(addressee))
                        .build();
            }
            // the last one that is named sees a call first
            return services.setCustomizer(
                            (builder, types) -> builder.intercept(addressee).intercept(tls.door()))
                    .setAdminSslContext(tls.server())
                    .setClientSslContext(tls.server())
                    .setServerSslContextForServer(tls.server())
                    .setServerSslContextForClient(tls.client())
                    .build();
        }

        @Override
        public GrpcClientRpc newRaftClientRpc(ClientId session, RaftProperties properties) {
            return tls == null
                    ? super.newRaftClientRpc(session, properties)
                    : GrpcClientRpc.create(session, properties, tls.client(), tls.client());
        }

        @Override
        public LogAppender newLogAppender(
                RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
            return new PromptAppender(server, leader, follower);
        }
    }
}
