package io.howdah.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.testing.Await;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TransportTest {

    private static final InetSocketAddress ANYWHERE =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    /// Else a process that is taken over would end with clients that have not come to their loop.
    @Test
    void clientThatIsOnItsWayToItsLoopCounts() throws Exception {
        var transport = new Transport(2);
        var arrived = new AtomicInteger();
        var busy = new CountDownLatch(1);
        EventLoop second = transport.networks().get(1).loop();
        second.execute(() -> awaitUninterruptibly(busy));
        try {
            Channel door =
                    transport
                            .listen(
                                    ANYWHERE,
                                    () -> Duration.ZERO,
                                    _ -> {
                                        arrived.incrementAndGet();
                                        return new ChannelInboundHandlerAdapter();
                                    })
                            .sync()
                            .channel();
            var address = (InetSocketAddress) door.localAddress();
            try (Socket one = new Socket(address.getAddress(), address.getPort());
                    Socket other = new Socket(address.getAddress(), address.getPort())) {
                assertThat(one.isConnected() && other.isConnected()).isTrue();
                assertThat(transport.clients()).as("nobody is taken yet").isZero();
                door.config().setAutoRead(true);
                Await.until("both are dealt out", () -> transport.clients() == 2);
                assertThat(arrived).hasValue(1);
                busy.countDown();
                Await.until("both have arrived", () -> arrived.get() == 2);
            }
            Await.until("both have left", () -> transport.clients() == 0);
        } finally {
            busy.countDown();
            transport.close();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
