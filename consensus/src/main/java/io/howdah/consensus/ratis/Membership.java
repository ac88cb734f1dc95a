package io.howdah.consensus.ratis;

import io.howdah.consensus.Peer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.util.TimeDuration;

/// Changes who belongs to the group.
final class Membership {

    private static final TimeDuration ATTEMPT = TimeDuration.valueOf(4, TimeUnit.SECONDS);
    private static final TimeDuration PAUSE = TimeDuration.valueOf(100, TimeUnit.MILLISECONDS);
    private static final int ATTEMPTS = 20;

    private final RaftGroupId group;
    private final RaftProperties properties;
    private final Parameters parameters;

    Membership(RaftGroupId group, RaftProperties properties, Parameters parameters) {
        this.group = group;
        this.properties = new RaftProperties(properties);
        this.parameters = parameters;
        RaftClientConfigKeys.Rpc.setRequestTimeout(this.properties, ATTEMPT);
    }

    /// Replaces the group by another one, if it still is what the caller takes it for. Waits until
    /// a new peer has caught up.
    ///
    /// @throws IOException if the group is another one by now, or does not answer
    void change(List<Peer> from, List<Peer> to) throws IOException {
        try (RaftClient client =
                RaftClient.newBuilder()
                        .setRaftGroup(Peers.group(group, from))
                        .setProperties(properties)
                        .setParameters(parameters)
                        .setRetryPolicy(
                                RetryPolicies.retryUpToMaximumCountWithFixedSleep(ATTEMPTS, PAUSE))
                        .build()) {
            RaftClientReply reply =
                    client.admin()
                            .setConfiguration(
                                    SetConfigurationRequest.Arguments.newBuilder()
                                            .setServersInCurrentConf(Peers.toRatis(from))
                                            .setServersInNewConf(Peers.toRatis(to))
                                            .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                                            .build());
            if (!reply.isSuccess()) {
                throw reply.getException() != null
                        ? reply.getException()
                        : new IOException("the group refused the change");
            }
        }
    }
}
