package io.howdah.node.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.node.api.LeadershipReport;
import io.howdah.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What an agent tells its proxy, over the socket between them.
@Timeout(60)
class ProxyStreamTest {

    private static final Duration LEASE = Duration.ofSeconds(2);

    @TempDir private Path folder;

    private volatile LeadershipReport known = Reports.led("n1", 3, "n1");
    private final List<LeadershipReport> heard = new CopyOnWriteArrayList<>();

    private Path socket() {
        return folder.resolve("events");
    }

    private ProxyStream agent() throws Exception {
        var stream = new ProxyStream(socket(), () -> known, LEASE);
        stream.open();
        return stream;
    }

    private void awaitHeard(LeadershipReport report) {
        Await.until("it is heard", () -> heard.contains(report));
    }

    @Test
    void proxyHearsWhatIsKnownAndEveryChange() throws Exception {
        try (ProxyStream agent = agent();
                var proxy = new AgentStream(socket(), heard::add)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                    .isEqualTo("rw-------");
            proxy.start();
            awaitHeard(known);
            known = Reports.over("n1", 3);
            agent.changed();
            awaitHeard(known);
        }
    }

    @Test
    void proxyIsShownWhileItTakesClients() throws Exception {
        try (ProxyStream agent = agent()) {
            try (var proxy = new AgentStream(socket(), heard::add)) {
                proxy.start();
                awaitHeard(known);
                assertThat(agent.listening()).isNull();
                proxy.greet(new Greeting("127.0.0.1:6501"));
                Await.until(
                        "it is shown", () -> Objects.equals(agent.listening(), "127.0.0.1:6501"));
            }
            Await.until("it is shown no more", () -> agent.listening() == null);
        }
    }

    @Test
    void proxyFindsTheNextAgent() throws Exception {
        try (var proxy = new AgentStream(socket(), heard::add)) {
            proxy.greet(new Greeting("127.0.0.1:6501"));
            proxy.start();
            try (ProxyStream _ = agent()) {
                awaitHeard(known);
            }
            known = Reports.led("n1", 4, "n2");
            try (ProxyStream next = agent()) {
                awaitHeard(known);
                Await.until("it is shown again", () -> next.listening() != null);
            }
        }
    }

    @Test
    void greetingThatAnAgentHasNotHeardIsForTheNext() throws Exception {
        var read = new CountDownLatch(1);
        try (var proxy =
                new AgentStream(
                        socket(),
                        report -> {
                            heard.add(report);
                            awaitUninterruptibly(read);
                        })) {
            try (ProxyStream _ = agent()) {
                proxy.start();
                awaitHeard(known);
            }
            // It has gone, and that was not noticed yet.
            proxy.greet(new Greeting("127.0.0.1:6501"));
            read.countDown();
            try (ProxyStream next = agent()) {
                Await.until("it is shown", () -> next.listening() != null);
            }
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void lastWordOfAnAgentThatGoesIsHowLongPostgresMayLeadWithoutIt() throws Exception {
        try (var proxy = new AgentStream(socket(), heard::add)) {
            try (ProxyStream agent = agent()) {
                proxy.start();
                awaitHeard(known);
                agent.leave(77);
            }
            awaitHeard(known.leadingUntil(77L));
        }
    }
}
