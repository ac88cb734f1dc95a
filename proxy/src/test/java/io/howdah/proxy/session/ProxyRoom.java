package io.howdah.proxy.session;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.Allowance;
import io.howdah.proxy.settings.DatabaseSettings;
import io.howdah.proxy.settings.Peers;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.ProxySettings;
import io.howdah.proxy.settings.ServerChoice;
import io.howdah.proxy.settings.ServerTlsMode;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.howdah.proxy.settings.Timeouts;
import io.howdah.proxy.settings.UserAllowances;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/// A whole proxy without sockets and threads: who connects, what arrives when, which task runs next
/// and how time passes is said by a test, so the same decisions give the same run. What it logs as
/// an error is a fault of its own, and an AssertionError here.
final class ProxyRoom implements Network, AutoCloseable {

    private record Attempt(ManualChannel channel, ChannelPromise promise) {}

    private static final Admission STRICT = makeStrict();

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final ManualLoop loop = new ManualLoop();
    private final ArrayDeque<Attempt> attempts = new ArrayDeque<>();
    private final List<ManualChannel> clients = new ArrayList<>();
    private final List<ManualChannel> servers = new ArrayList<>();
    private final List<ExecutorService> threads = new ArrayList<>();
    private final ArrayDeque<Runnable> held = new ArrayDeque<>();
    private boolean holding;
    private boolean exhausted;
    private final Faults faults = new Faults();
    private final long unpooled = unpooled();
    private final Switchboard switchboard;

    /// @param poolSize of the one database, `app`
    ProxyRoom(Admission admission, PoolMode mode, int poolSize) {
        this(admission, Timeouts.DEFAULT, mode, poolSize);
    }

    ProxyRoom(Admission admission, Timeouts timeouts, PoolMode mode, int poolSize) {
        this(admission, timeouts, mode, poolSize, 0, Long.MAX_VALUE);
    }

    /// @param unsentBytes for answers that clients do not take
    ProxyRoom(
            Admission admission,
            Timeouts timeouts,
            PoolMode mode,
            int poolSize,
            int minimumSize,
            long unsentBytes) {
        ProxySettings settings =
                settings(
                        admission,
                        timeouts,
                        new PoolSettings(mode, poolSize, minimumSize, 0, Duration.ofSeconds(5), 4),
                        new ServerChoice.Fixed(new ServerAddress.Tcp("127.0.0.1", 5432)));
        Whereabouts whereabouts = new Whereabouts(null);
        switchboard =
                new Switchboard(
                        settings,
                        this,
                        new Reception(settings, this, whereabouts),
                        whereabouts,
                        new Commons(null, settings.statementMemory(), unsentBytes));
    }

    private static ProxySettings settings(
            Admission admission, Timeouts timeouts, PoolSettings pool, ServerChoice server) {
        return new ProxySettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 6432),
                admission,
                1_000,
                1,
                ProxySettings.STATEMENT_MEMORY,
                false,
                Duration.ofSeconds(30),
                timeouts,
                UserAllowances.UNBOUNDED,
                Peers.NONE,
                null,
                Map.of(
                        "app",
                        new DatabaseSettings(
                                server,
                                new ServerTlsSettings(ServerTlsMode.DISABLE, null, null, null),
                                "app",
                                Allowance.UNBOUNDED,
                                pool,
                                Map.of())));
    }

    /// Guests come in as they are, outlaws not at all, and everybody else by the proof of [Prover],
    /// which is right for `ann`.
    static Admission strict() {
        return STRICT;
    }

    private static Admission makeStrict() {
        try {
            Path file =
                    Files.createTempFile(
                            "howdah-fuzz",
                            ".txt",
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            file.toFile().deleteOnExit();
            Files.writeString(file, "\"ann\" \"" + Prover.VERIFIER + "\"\n");
            return new Admission(
                    AccessRules.of(
                            List.of(
                                    "host app guest 127.0.0.1/32 trust",
                                    "host app outlaw all reject",
                                    "host all all all scram-sha-256")),
                    file,
                    null,
                    null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long unpooled() {
        return UnpooledByteBufAllocator.DEFAULT.metric().usedHeapMemory();
    }

    /// Where clients of the one database go as this user.
    Destination destination(String user) {
        DatabaseSettings app = Objects.requireNonNull(switchboard.settings().database("app"));
        return switchboard.destinations().of(app, "app", user);
    }

    /// A client connects.
    ManualChannel enter() {
        ManualChannel client = new ManualChannel(allocator);
        clients.add(client);
        client.join(loop, new ClientDoor(switchboard));
        client.begin();
        return client;
    }

    List<ManualChannel> clients() {
        return clients;
    }

    /// All connections to servers so far.
    List<ManualChannel> servers() {
        return servers;
    }

    /// The oldest attempt to connect to a server succeeds, or fails.
    void connect(boolean well) {
        Attempt attempt = attempts.poll();
        if (attempt == null) {
            return;
        }
        if (well) {
            servers.add(attempt.channel());
            attempt.promise().setSuccess();
            attempt.channel().begin();
        } else {
            attempt.promise().setFailure(new IOException("connection refused"));
            attempt.channel().giveUp();
        }
        faults.check();
    }

    /// Whether there are no file descriptors left: connections fail as Netty has it, with a channel
    /// that belongs to no loop, and tell so on a thread of their own.
    void exhaust(boolean newExhausted) {
        exhausted = newExhausted;
    }

    /// The one database is at another port now.
    void moveDatabase() {
        ProxySettings former = switchboard.settings();
        DatabaseSettings app = Objects.requireNonNull(former.database("app"));
        ProxySettings changed =
                settings(
                        former.admission(),
                        former.timeouts(),
                        app.pool(),
                        new ServerChoice.Fixed(new ServerAddress.Tcp("127.0.0.1", 5433)));
        switchboard.renew(changed, switchboard.reception());
    }

    boolean isConnecting() {
        return !attempts.isEmpty();
    }

    @Override
    public ManualLoop loop() {
        return loop;
    }

    @Override
    public ChannelFuture connect(
            ServerAddress server,
            Duration bound,
            Duration silence,
            Supplier<ChannelHandler> handler) {
        ManualChannel channel = new ManualChannel(allocator);
        if (exhausted) {
            return new DefaultChannelPromise(channel, GlobalEventExecutor.INSTANCE)
                    .setFailure(new IOException("Too many open files"));
        }
        channel.join(loop, handler.get());
        ChannelPromise promise = channel.newPromise();
        attempts.add(new Attempt(channel, promise));
        return promise;
    }

    @Override
    public ExecutorService thread(String name) {
        ExecutorService thread = new Here();
        threads.add(thread);
        return thread;
    }

    /// What may wait does from now on.
    void holdThreads() {
        holding = true;
    }

    /// It goes on, until nothing is left to do.
    ///
    /// @return how often something had waited
    int releaseThreads() {
        int count = 0;
        while (!held.isEmpty()) {
            held.remove().run();
            count++;
            settle();
        }
        holding = false;
        return count;
    }

    /// Everybody reads what has arrived, and all tasks run, until nothing is left to do.
    void settle() {
        boolean busy = true;
        for (int round = 0; busy; round++) {
            if (round > 10_000) {
                throw new AssertionError("the proxy does not come to rest");
            }
            busy = false;
            for (ManualChannel channel : all()) {
                busy |= channel.hear();
            }
            loop.runAll();
        }
        faults.check();
    }

    private List<ManualChannel> all() {
        List<ManualChannel> all = new ArrayList<>(clients);
        all.addAll(servers);
        return all;
    }

    /// Bytes of memory that buffers take.
    long bufferBytes() {
        return allocator.metric().usedHeapMemory() + unpooled() - unpooled;
    }

    /// A fault that was met since the last look, as a test wanted it.
    Throwable takeFault() {
        return faults.seen.removeFirst();
    }

    /// Everybody goes away; nothing may be left of them.
    @Override
    public void close() {
        all().forEach(channel -> channel.setDeaf(false));
        settle();
        clients.forEach(client -> client.end(false));
        settle();
        while (isConnecting()) {
            connect(false);
        }
        settle();
        servers.forEach(server -> server.end(false));
        settle();
        loop.pass(Duration.ofHours(1));
        while (isConnecting()) {
            connect(false);
        }
        settle();
        faults.detach();
        for (ManualChannel channel : all()) {
            if (channel.isOpen()) {
                throw new AssertionError("a connection is still open: " + channel.pipeline());
            }
        }
        if (switchboard.commons().statementRoom().takenBytes() != 0) {
            throw new AssertionError("statements that nobody has let go");
        }
        if (switchboard.commons().unsent().takenBytes() != 0) {
            throw new AssertionError("room for answers that nobody has given back");
        }
        if (bufferBytes() != 0) {
            throw new AssertionError("buffers that nobody has let go: " + bufferBytes() + " bytes");
        }
    }

    /// Does what may wait at once, or when a test says so.
    private final class Here extends AbstractExecutorService {
        private boolean over;

        @Override
        public void execute(Runnable task) {
            if (holding) {
                held.add(task);
            } else {
                task.run();
            }
        }

        @Override
        public void shutdown() {
            over = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            over = true;
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return over;
        }

        @Override
        public boolean isTerminated() {
            return over;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }

    /// Errors in the proxy's log.
    private static final class Faults extends AppenderBase<ILoggingEvent> {
        private final Logger logger = (Logger) LoggerFactory.getLogger("io.howdah.proxy");
        private final List<Throwable> seen = new ArrayList<>();

        Faults() {
            logger.setLevel(Level.ERROR);
            logger.setAdditive(false);
            logger.addAppender(this);
            start();
        }

        @Override
        protected void append(ILoggingEvent event) {
            seen.add(
                    event.getThrowableProxy() instanceof ThrowableProxy proxy
                            ? proxy.getThrowable()
                            : new AssertionError(event.getFormattedMessage()));
        }

        void check() {
            if (!seen.isEmpty()) {
                throw new AssertionError("a fault of the proxy's own", seen.getFirst());
            }
        }

        void detach() {
            logger.detachAppender(this);
            logger.setAdditive(true);
            logger.setLevel(null);
            stop();
            check();
        }
    }
}
