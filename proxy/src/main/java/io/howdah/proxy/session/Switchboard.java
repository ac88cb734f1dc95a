package io.howdah.proxy.session;

import io.howdah.proxy.settings.ProxySettings;
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

/// Where all connections meet: who is here, which destinations there are, whom a cancel key belongs
/// to, and what time it is. Everything runs on the event loop.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
public final class Switchboard {

    private static final long TICK_LONGEST_MILLIS = 1_000;
    private static final long TICK_SHORTEST_MILLIS = 10;

    private final Transport transport;
    private final Whereabouts whereabouts;
    private final SecureRandom random = new SecureRandom();
    private final Destinations destinations;
    private final Map<Long, ClientSession> byKey = new LinkedHashMap<>();
    private final Set<ClientSession> sessions = new LinkedHashSet<>();
    private final Map<Channel, Long> loggingIn = new LinkedHashMap<>();
    private volatile ProxySettings settings;
    private volatile Reception reception;
    private ScheduledFuture<?> ticks;
    private int connections;
    private boolean draining;

    Switchboard(
            ProxySettings settings,
            Transport transport,
            Reception reception,
            Whereabouts whereabouts) {
        this.settings = settings;
        this.whereabouts = whereabouts;
        this.reception = reception;
        this.transport = transport;
        this.destinations = new Destinations(this);
        this.ticks = scheduleTicks(settings);
        whereabouts.follow(transport.loop(), destinations::primaryChanged);
    }

    private ScheduledFuture<?> scheduleTicks(ProxySettings told) {
        long millis = told.timeouts().shortest().toMillis() / 4;
        long tick = Math.max(TICK_SHORTEST_MILLIS, Math.min(TICK_LONGEST_MILLIS, millis));
        return transport.loop().scheduleAtFixedRate(this::tick, tick, tick, TimeUnit.MILLISECONDS);
    }

    /// Other settings hold from now on. Nobody who is in has to leave, but where his database is
    /// gone.
    ///
    /// @param judge decides by them who comes in
    void renew(ProxySettings changed, Reception judge) {
        Reception former = reception;
        settings = changed;
        reception = judge;
        former.close();
        ticks.cancel(false);
        ticks = scheduleTicks(changed);
        destinations.renew();
    }

    ProxySettings settings() {
        return settings;
    }

    Transport transport() {
        return transport;
    }

    Whereabouts whereabouts() {
        return whereabouts;
    }

    boolean isDraining() {
        return draining;
    }

    /// Counts a new connection; false when there are too many.
    boolean admit(Channel channel) {
        connections++;
        loggingIn.put(channel, System.nanoTime());
        channel.closeFuture()
                .addListener(_ -> {
                    connections--;
                    loggingIn.remove(channel);
                });
        return connections <= settings.maximumClients();
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
    long enter(ClientSession session) {
        sessions.add(session);
        long key;
        do {
            key = random.nextLong() & Long.MAX_VALUE;
        } while (byKey.putIfAbsent(key, session) != null);
        return key;
    }

    void loggedIn(Channel channel) {
        loggingIn.remove(channel);
    }

    void leave(ClientSession session, long key) {
        sessions.remove(session);
        byKey.remove(key);
    }

    /// Cancels what the client with this key waits for a server to do; nothing when there is no
    /// such client, or when no server works for it.
    ///
    /// @param atItsEnd called when the request has reached the server, or has nowhere to go
    void cancel(int process, int secret, Runnable atItsEnd) {
        ClientSession session = byKey.get(((long) process << 32) | (secret & 0xffff_ffffL));
        if (session == null) {
            atItsEnd.run();
        } else {
            session.cancel(atItsEnd);
        }
    }

    private void tick() {
        long now = System.nanoTime();
        expireLogins(now);
        Duration idle = settings.timeouts().clientIdle();
        if (idle.isPositive()) {
            new ArrayList<>(sessions).forEach(session -> session.expireIdle(idle, now));
        }
        destinations.tick(now);
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
            if (channel.pipeline().get("session") instanceof ClientSession session) {
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
        new ArrayList<>(sessions).forEach(ClientSession::endIfDismissed);
    }

    /// Sends away who has nothing to do there.
    void dismiss(Destination place) {
        sessions.stream()
                .filter(session -> session.isBoundFor(place))
                .toList()
                .forEach(ClientSession::endIfDismissed);
    }

    /// Whether all clients are gone.
    boolean isEmpty() {
        return sessions.isEmpty();
    }

    /// Ends whatever is left.
    void end() {
        new ArrayList<>(sessions).forEach(session -> session.fail(Complaints.stopping()));
        destinations.closeServers();
        reception.close();
    }
}
