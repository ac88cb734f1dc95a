package io.howdah.node.proxy;

import io.howdah.node.api.ApiJson;
import io.howdah.node.api.LeadershipReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The proxy's end of what its node's agent tells. Connects again whenever the agent has gone.
/// `start` and `close` are called once.
final class AgentStream implements AutoCloseable {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(AgentStream.class);

    private final Path socket;
    private final Consumer<LeadershipReport> heard;
    private final Thread thread;
    private @Nullable SocketChannel connection; // guarded by this
    private @Nullable Greeting greeting; // guarded by this
    private volatile long heardNanos = System.nanoTime();

    /// @param heard is told each line
    AgentStream(Path socket, Consumer<LeadershipReport> heard) {
        this.socket = socket;
        this.heard = heard;
        this.thread = Thread.ofVirtual().name("agent-stream").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Whether an agent is there and was heard within that time.
    synchronized boolean isHeard(Duration within) {
        return connection != null && System.nanoTime() - heardNanos < within.toNanos();
    }

    /// Says so now, and to every agent that comes. One that has just gone does not matter.
    synchronized void greet(Greeting said) {
        greeting = said;
        if (connection == null) {
            return;
        }
        try {
            say(connection, said);
        } catch (IOException e) {
            LOG.debug("the next agent is told: {}", e.getMessage());
        }
    }

    private static void say(SocketChannel to, Greeting said) throws IOException {
        var line = StandardCharsets.UTF_8.encode(ApiJson.write(said) + "\n");
        while (line.hasRemaining()) {
            to.write(line);
        }
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        boolean warned = false;
        try {
            while (!Thread.currentThread().isInterrupted()) {
                long before = heardNanos;
                try {
                    listen();
                } catch (IOException | IllegalArgumentException e) {
                    LOG.debug("the agent is not heard: {}", e.getMessage());
                }
                if (heardNanos != before) {
                    pause = FIRST_PAUSE;
                    warned = false;
                }
                if (!warned) {
                    LOG.info("the agent beside this proxy is not there; clients are served on");
                    warned = true;
                }
                Thread.sleep(pause);
                Duration longer = pause.multipliedBy(2);
                pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void listen() throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            synchronized (this) {
                connection = channel;
                if (greeting != null) {
                    say(channel, greeting);
                }
            }
            // The agent is believed, so its lines need no bound.
            BufferedReader lines =
                    new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                LeadershipReport report = ApiJson.read(line, LeadershipReport.class);
                heardNanos = System.nanoTime();
                heard.accept(report);
            }
        } finally {
            synchronized (this) {
                connection = null;
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
