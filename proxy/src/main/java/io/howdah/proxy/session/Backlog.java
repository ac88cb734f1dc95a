package io.howdah.proxy.session;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.time.Duration;

/// What one client has not taken yet of its answers. Where it would be too much together with that
/// of all others, its server connection stays with it: then no more is asked for it or by others,
/// and as many as there are server connections bound what waits. For one thread.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class Backlog {

    /// So long a client may keep a server connection that others wait for, and take nothing.
    static final Duration PATIENCE = Duration.ofSeconds(10);

    /// What a part of an answer may hold of the buffer into which it was read, beside itself.
    private static final long HELD_BYTES = 2_048;

    private final Channel channel;
    private final Unsent unsent;
    private final Runnable taken;
    private long countedBytes;
    private boolean marked;
    private boolean keeping;
    private long seenBytes;
    private long stuckSinceNanos;

    /// @param channel of the client
    /// @param taken is called when it has taken something after all
    Backlog(Channel channel, Unsent unsent, Runnable taken) {
        this.channel = channel;
        this.unsent = unsent;
        this.taken = taken;
    }

    /// Whether its server connection may go to somebody else.
    boolean isBearable() {
        long bytes = bytes();
        if (bytes == 0) {
            keeping = false;
            return true;
        }
        boolean bearable = unsent.take(bytes - countedBytes);
        if (bearable) {
            countedBytes = bytes;
        } else if (!keeping) {
            stuckSinceNanos = System.nanoTime();
        }
        keeping = !bearable;
        seenBytes = bytes;
        mark();
        return bearable;
    }

    /// Whether it has taken nothing for too long while it keeps the connection. To be asked again
    /// and again.
    boolean isStuck(long now) {
        if (!keeping) {
            return false;
        }
        long bytes = bytes();
        if (bytes < seenBytes) {
            seenBytes = bytes;
            stuckSinceNanos = now;
        }
        return now - stuckSinceNanos >= PATIENCE.toNanos();
    }

    private long bytes() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null || buffer.totalPendingWriteBytes() == 0
                ? 0
                : buffer.totalPendingWriteBytes() + HELD_BYTES * buffer.size();
    }

    /// Behind all that waits goes nothing, of which it is heard when that is taken.
    private void mark() {
        if (!marked) {
            marked = true;
            channel.pipeline()
                    .firstContext()
                    .writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(_ -> Commons.later(channel.eventLoop(), this::passed));
        }
    }

    private void passed() {
        marked = false;
        keeping = false;
        long bytes = bytes();
        if (bytes < countedBytes) {
            unsent.take(bytes - countedBytes);
            countedBytes = bytes;
        }
        if (bytes > 0) {
            mark();
        }
        taken.run();
    }
}
