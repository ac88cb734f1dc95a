package io.howdah.consensus.ratis;

import io.howdah.consensus.StoreSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/// What we ask of Ratis, in one place. Its defaults are made for bulk data; here are a small
/// document, a few commands a second, and failovers that must be quick.
final class Tuning {

    /// The longest command, in bytes as encoded.
    static final int COMMAND_BYTES_MAXIMUM = 256 * 1024;

    private static final SizeInBytes APPEND_BYTES = SizeInBytes.valueOf("512KB");
    private static final SizeInBytes MESSAGE_BYTES = SizeInBytes.valueOf("8MB");
    private static final int SNAPSHOT_EVERY_ENTRIES = 2048;

    private Tuning() {}

    static RaftProperties properties(StoreSettings settings, Path raftDirectory) {
        RaftProperties properties = new RaftProperties();
        storage(properties, raftDirectory);
        times(properties, settings);
        network(properties, settings);
        return properties;
    }

    private static void storage(RaftProperties properties, Path raftDirectory) {
        RaftServerConfigKeys.setStorageDir(properties, List.of(raftDirectory.toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(
                properties, raftDirectory.resolveSibling("removed").toFile());
        // An entry counts as stored after its fsync, and only then.
        RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false);
        // Ratis would write one more entry after every commit, only to know it sooner after a
        // restart.
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("4MB"));
        RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf("1MB"));
        RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf("1MB"));
        // The cache is bounded by its size. Eviction by number would follow each new term, as each
        // begins a file, and a store that closes at that moment would wait for it forever.
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 1024);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf("8MB"));
        RaftServerConfigKeys.Log.setQueueElementLimit(properties, 512);
        RaftServerConfigKeys.Log.setQueueByteLimit(properties, SizeInBytes.valueOf("4MB"));
        // A peer that is away for long gets a snapshot: the log must not grow until it returns.
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
        RaftServerConfigKeys.Log.setPurgeGap(properties, SNAPSHOT_EVERY_ENTRIES / 2);
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, APPEND_BYTES);
        RaftServerConfigKeys.Log.Appender.setBufferElementLimit(properties, 128);
        RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(properties, APPEND_BYTES);
        RaftServerConfigKeys.Write.setElementLimit(properties, 512);
        RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf("4MB"));
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, SNAPSHOT_EVERY_ENTRIES);
        RaftServerConfigKeys.Snapshot.setCreationGap(properties, SNAPSHOT_EVERY_ENTRIES);
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
    }

    private static void times(RaftProperties properties, StoreSettings settings) {
        TimeDuration minimum = duration(settings.electionMinimum());
        TimeDuration maximum = duration(settings.electionMaximum());
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, minimum);
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, maximum);
        // Fresh processes answer slowly at first. Where all start at once, short rounds would pile
        // up
        // and nobody would be elected for many seconds.
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, maximum);
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(
                properties, duration(settings.electionMaximum().multipliedBy(4)));
        RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, maximum);
        RaftServerConfigKeys.Rpc.setRequestTimeout(properties, duration(settings.requestTimeout()));
        RaftServerConfigKeys.Rpc.setSlownessTimeout(
                properties, TimeDuration.valueOf(10, TimeUnit.SECONDS));
        // A peer that comes back is heard of again within an election timeout, or it would stand.
        RaftServerConfigKeys.Log.Appender.setRetryPolicy(properties, "20ms,10, 100ms,1000000");
        RaftServerConfigKeys.setStagingTimeout(
                properties, duration(settings.requestTimeout().multipliedBy(2)));
        // A node that slept longer than this would close its part of the group for good.
        RaftServerConfigKeys.setCloseThreshold(
                properties, TimeDuration.valueOf(3650, TimeUnit.DAYS));
        RaftServerConfigKeys.RetryCache.setExpiryTime(
                properties, TimeDuration.valueOf(30, TimeUnit.SECONDS));
    }

    private static void network(RaftProperties properties, StoreSettings settings) {
        properties.set(RaftConfigKeys.Rpc.TYPE_KEY, PromptRpc.class.getName());
        GrpcConfigKeys.Server.setHost(properties, settings.host());
        GrpcConfigKeys.Server.setPort(properties, settings.port());
        GrpcConfigKeys.setMessageSizeMax(properties, MESSAGE_BYTES);
        GrpcConfigKeys.setFlowControlWindow(properties, SizeInBytes.valueOf("1MB"));
        // Appends are small: heartbeats need no connection of their own.
        GrpcConfigKeys.Server.setHeartbeatChannel(properties, false);
        RaftClientConfigKeys.Rpc.setRequestTimeout(properties, duration(settings.requestTimeout()));
    }

    static TimeDuration duration(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
