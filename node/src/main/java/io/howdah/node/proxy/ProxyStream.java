package io.howdah.node.proxy;

import io.howdah.node.api.ApiJson;
import io.howdah.node.api.LeadershipReport;
import io.howdah.node.beside.BesideFiles;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.SocketDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent's end of what it tells its proxy: everything it knows, anew at each change and now and
/// then. Nobody who reads slowly holds anything up. `open` and `close` are called once; all else
/// from any thread.
final class ProxyStream implements AutoCloseable {

    /// A sign of life, when nothing changes.
    private static final Duration BEAT = Duration.ofSeconds(1);

    /// One proxy, former ones that have clients still, and some for who looks by hand.
    private static final int CONNECTIONS_MAXIMUM = 64;

    private static final long AFTER_FAILURE_NANOS = 100_000_000L;
    private static final Duration LAST_WORD = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(ProxyStream.class);

    private final Path socket;
    private final Supplier<LeadershipReport> report;
    private final Duration leadingBeat;
    private final List<Connection> connections = new CopyOnWriteArrayList<>();
    private @Nullable ServerSocketChannel door;
    private long changes; // guarded by this
    private @Nullable Long lastUntil; // guarded by this
    private boolean closed; // guarded by this

    /// @param report what is known now; answers at once
    /// @param lease an eighth of it may pass at most between two lines while this node leads
    ProxyStream(Path socket, Supplier<LeadershipReport> report, Duration lease) {
        this.socket = socket;
        this.report = report;
        Duration eighth = lease.dividedBy(8);
        this.leadingBeat = eighth.compareTo(BEAT) < 0 ? eighth : BEAT;
    }

    /// Where a node tells its proxy what it knows.
    static Path socket(BesideFiles files) {
        return SocketDirectory.prepare(files.home(), OperatingSystemUser.ourselves())
                .resolve("events");
    }

    /// Lets proxies in.
    ///
    /// @throws IOException when the socket cannot be made
    void open() throws IOException {
        Files.deleteIfExists(socket);
        ServerSocketChannel opened = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        door = opened;
        opened.bind(UnixDomainSocketAddress.of(socket));
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        Thread.ofVirtual().name("proxy-stream").start(() -> welcome(opened));
    }

    private void welcome(ServerSocketChannel opened) {
        while (opened.isOpen()) {
            try {
                SocketChannel accepted = opened.accept();
                if (connections.size() >= CONNECTIONS_MAXIMUM) {
                    accepted.close();
                } else {
                    new Connection(accepted).start();
                }
            } catch (IOException e) {
                LOG.debug("no proxy is let in: {}", e.getMessage());
                // without files to open, the next one would fail at once as well
                LockSupport.parkNanos(AFTER_FAILURE_NANOS);
            }
        }
    }

    /// Something may have changed.
    synchronized void changed() {
        changes++;
        notifyAll();
    }

    /// Where the proxy takes clients; null while none does.
    @Nullable String listening() {
        return connections.stream()
                .map(connection -> connection.greeting)
                .filter(Objects::nonNull)
                .map(Greeting::listens)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /// The last word of an agent that leaves its PostgreSQL running.
    ///
    /// @param untilNanos how long that may lead without an agent, on the boot clock
    synchronized void leave(long untilNanos) {
        lastUntil = untilNanos;
        changed();
    }

    private synchronized LeadershipReport now() {
        LeadershipReport known = report.get();
        return lastUntil == null ? known : known.leadingUntil(lastUntil);
    }

    private final class Connection {
        private final SocketChannel channel;
        private final Thread writer;
        private volatile @Nullable Greeting greeting;

        Connection(SocketChannel channel) {
            this.channel = channel;
            this.writer = Thread.ofVirtual().name("proxy-stream-out").unstarted(this::write);
        }

        void start() {
            connections.add(this);
            writer.start();
            Thread.ofVirtual().name("proxy-stream-in").start(this::read);
        }

        private void write() {
            try (channel) {
                LeadershipReport said = null;
                long saidNanos = 0;
                boolean last = false;
                while (!last) {
                    last = isClosed();
                    long seen = seen();
                    LeadershipReport now = now();
                    long nanos = System.nanoTime();
                    if (!now.equals(said) || nanos - saidNanos >= BEAT.toNanos()) {
                        say(now);
                        said = now;
                        saidNanos = nanos;
                    }
                    if (!last) {
                        awaitChange(seen, now.leadsUntilNanos() == null ? BEAT : leadingBeat);
                    }
                }
            } catch (IOException | InterruptedException e) {
                LOG.debug("a proxy is told no more: {}", e.getMessage());
            } finally {
                connections.remove(this);
            }
        }

        private void say(LeadershipReport now) throws IOException {
            ByteBuffer line = StandardCharsets.UTF_8.encode(ApiJson.write(now) + "\n");
            while (line.hasRemaining()) {
                channel.write(line);
            }
        }

        private void read() {
            try (BufferedReader lines =
                    new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    greeting = ApiJson.read(line, Greeting.class);
                }
            } catch (IOException | IllegalArgumentException e) {
                LOG.debug("a proxy is heard no more: {}", e.getMessage());
            } finally {
                connections.remove(this);
                writer.interrupt();
            }
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized long seen() {
        return changes;
    }

    private synchronized void awaitChange(long seen, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        long left = atMost.toNanos();
        while (changes == seen && left > 0) {
            wait(left / 1_000_000 + 1);
            left = end - System.nanoTime();
        }
    }

    /// Lets every proxy hear the last word, and closes.
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            changed();
        }
        try {
            for (Connection connection : connections) {
                connection.writer.join(LAST_WORD);
            }
            if (door != null) {
                door.close();
                Files.deleteIfExists(socket);
            }
        } catch (IOException e) {
            LOG.debug("the socket for proxies: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
