package io.howdah.proxy.session;

import io.howdah.proxy.protocol.CancelKey;
import io.howdah.proxy.settings.ProxySettings;
import io.howdah.proxy.settings.Timeouts;
import io.netty.channel.Channel;
import io.netty.util.concurrent.ScheduledFuture;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where the connections of an event loop meet: who is here, which destinations there are, and what
/// time it is. Everything runs on that loop; what other loops have to do with goes by [Commons].
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
public final class Switchboard {

    private static final Logger log = LoggerFactory.getLogger(Switchboard.class);
    private static final long TICK_LONGEST_MILLIS = 1_000;
    private static final long TICK_SHORTEST_MILLIS = 10;

    /// So many connections may be there above the clients: those that have not said yet what they
    /// are for, and cancel requests.
    private static final int UNDECIDED_MAXIMUM = 64;

    private final Network network;
    private final Whereabouts whereabouts;
    private final SecureRandom random = new SecureRandom();
    private final Destinations destinations;
    private final Set<Session> sessions = new LinkedHashSet<>();
    private final Map<Channel, Long> loggingIn = new LinkedHashMap<>();
    private volatile ProxySettings settings;
    private volatile Reception reception;
    private ScheduledFuture<?> ticks;
    private final Commons commons;
    private boolean draining;

    Switchboard(
            ProxySettings settings,
            Network network,
            Reception reception,
            Whereabouts whereabouts,
            Commons commons) {
        this.commons = commons;
        this.settings = settings;
        this.whereabouts = whereabouts;
        this.reception = reception;
        this.network = network;
        this.destinations = new Destinations(this);
        this.ticks = scheduleTicks(settings);
        whereabouts.follow(network.loop(), this::primaryChanged);
    }

    private ScheduledFuture<?> scheduleTicks(ProxySettings told) {
        long millis = told.timeouts().shortest().toMillis() / 4;
        long tick = Math.max(TICK_SHORTEST_MILLIS, Math.min(TICK_LONGEST_MILLIS, millis));
        return network.loop().scheduleAtFixedRate(this::tick, tick, tick, TimeUnit.MILLISECONDS);
    }

    /// Other settings hold from now on. Nobody who is in has to leave, but where his database is
    /// gone.
    ///
    /// @param judge decides by them who comes in
    void renew(ProxySettings changed, Reception judge) {
        settings = changed;
        reception = judge;
        ticks.cancel(false);
        ticks = scheduleTicks(changed);
        destinations.renew();
        dismiss();
    }

    ProxySettings settings() {
        return settings;
    }

    Network network() {
        return network;
    }

    Whereabouts whereabouts() {
        return whereabouts;
    }

    Commons commons() {
        return commons;
    }

    boolean isDraining() {
        return draining;
    }

    /// Counts a new connection, which may turn out to be a cancel request; false when there are too
    /// many even for that.
    boolean arrive(Channel channel) {
        AtomicInteger connections = commons.headcount().connections();
        int count = connections.incrementAndGet();
        loggingIn.put(channel, System.nanoTime());
        channel.closeFuture()
                .addListener(_ -> {
                    connections.decrementAndGet();
                    loggingIn.remove(channel);
                });
        return count <= settings.maximumClients() + UNDECIDED_MAXIMUM;
    }

    /// Counts a connection that is a client's; false when there are too many.
    boolean admit(Channel channel) {
        AtomicInteger clients = commons.headcount().clients();
        if (!Headcount.add(clients, settings.maximumClients())) {
            return false;
        }
        channel.closeFuture().addListener(_ -> clients.decrementAndGet());
        return true;
    }

    Reception reception() {
        return reception;
    }

    Destinations destinations() {
        return destinations;
    }

    /// A session begins.
    ///
    /// @return the key by which its queries can be cancelled: unguessable, and nobody else's
    CancelKey enter(Session session, boolean longKey) {
        sessions.add(session);
        commons.headcount().sessions().incrementAndGet();
        CancelKey key;
        do {
            key = CancelKey.of(settings.peers().own(), longKey, random);
        } while (commons.byKey().putIfAbsent(key, session) != null);
        return key;
    }

    void loggedIn(Channel channel) {
        loggingIn.remove(channel);
    }

    void leave(Session session, CancelKey key) {
        sessions.remove(session);
        commons.byKey().remove(key);
        commons.headcount().sessions().decrementAndGet();
    }

    /// Cancels what the client with this key waits for a server to do; nothing when no server works
    /// for it.
    ///
    /// @param atItsEnd called when the request has reached the server, or has nowhere to go
    void cancel(CancelKey key, Runnable atItsEnd) {
        new CancelWay(this, commons).take(key, atItsEnd);
    }

    /// An exception would end it for good, in silence.
    private void tick() {
        try {
            look(System.nanoTime());
        } catch (RuntimeException e) {
            log.error("a fault of the proxy's own", e);
        }
    }

    private void look(long now) {
        expireLogins(now);
        Timeouts bounds = settings.timeouts();
        if (bounds.clientIdle().isPositive() || bounds.unreachable().isPositive()) {
            new ArrayList<>(sessions).forEach(session -> session.tick(bounds, now));
        }
        destinations.tick(now);
        String scarce = commons.scarcity().news(now);
        if (scarce != null) {
            log.warn("{}", scarce);
        }
    }

    /// The oldest come first.
    private void expireLogins(long now) {
        Duration bound = settings.timeouts().clientLogin();
        for (Map.Entry<Channel, Long> entry : new ArrayList<>(loggingIn.entrySet())) {
            if (now - entry.getValue() < bound.toNanos()) {
                return;
            }
            loggingIn.remove(entry.getKey());
            Channel channel = entry.getKey();
            if (channel.pipeline().get("session") instanceof Session session) {
                session.failLogin();
            } else if (channel.pipeline().get("login") instanceof ClientLogin login) {
                login.expire(bound);
            } else {
                channel.close();
            }
        }
    }

    /// Lets nobody begin anything new.
    void drain() {
        draining = true;
        dismiss();
    }

    private void primaryChanged() {
        destinations.primaryChanged();
        new ArrayList<>(sessions).forEach(Session::primaryChanged);
    }

    /// Sends away who may not stay and has nothing under way.
    private void dismiss() {
        new ArrayList<>(sessions).forEach(Session::endIfDismissed);
    }

    /// Ends whatever is left.
    void end() {
        new ArrayList<>(sessions).forEach(session -> session.fail(Complaints.stopping()));
        destinations.closeServers();
    }
}
