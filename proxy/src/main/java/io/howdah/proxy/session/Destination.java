package io.howdah.proxy.session;

import io.howdah.proxy.encryption.ServerTls;
import io.howdah.proxy.pool.PoolHands;
import io.howdah.proxy.pool.Room;
import io.howdah.proxy.pool.ServerPool;
import io.howdah.proxy.pool.Share;
import io.howdah.proxy.protocol.CancelKey;
import io.howdah.proxy.protocol.Complaint;
import io.howdah.proxy.protocol.ErrorFields;
import io.howdah.proxy.protocol.Messages;
import io.howdah.proxy.scram.ClientKeys;
import io.howdah.proxy.settings.DatabaseSettings;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.ServerChoice;
import io.howdah.proxy.settings.Timeouts;
import io.howdah.proxy.statement.ServerStatements;
import io.howdah.proxy.statement.SharedStatements;
import io.howdah.proxy.statement.StatementRequests;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One database as one user: its server connections, its queue, and what is known of its logins.
final class Destination implements PoolHands<ClientSession, ServerSession> {

    private static final Logger log = LoggerFactory.getLogger(Destination.class);

    /// For so long a cluster's server may keep its doors closed: a primary that was restarted lets
    /// nobody in until standbys hold all of it.
    private static final Duration DOORS_CLOSED = Duration.ofSeconds(5);

    private final Switchboard switchboard;
    private final String name;
    private final String user;
    private final Room room;
    private final ServerPool<ClientSession, ServerSession> pool;
    private final Welcomes welcomes = new Welcomes();
    private final SharedStatements statements;
    private final Set<ServerSession> servers = new LinkedHashSet<>();
    private final Set<ClientSession> loggingIn = new LinkedHashSet<>();
    private final Connector connector;
    private DatabaseSettings database;
    private ServerTls encryption;
    private PoolSettings settings;
    private boolean givenUp;
    private String problem = "";
    private long admittedNanos = System.nanoTime();
    private @Nullable ClientKeys keys;
    private int clients;

    private final OwnSettings own = new OwnSettings();

    /// @param name that clients ask for, as they send it: a character stands for one byte
    /// @param user as the client sent it, too
    /// @param room bounds its connections together with those of others
    Destination(
            Switchboard switchboard,
            DatabaseSettings database,
            String name,
            String user,
            Room room) {
        this.switchboard = switchboard;
        this.database = database;
        this.encryption = switchboard.reception().encryption(database.tls());
        this.name = name;
        this.user = user;
        this.room = room;
        this.settings = database.poolOf(Reception.text(user).orElse(user));
        this.pool = new ServerPool<>(settings, room, this);
        this.statements = new SharedStatements(switchboard.commons().statementRoom());
        this.connector = new Connector(switchboard, this);
        seek();
    }

    DatabaseSettings database() {
        return database;
    }

    /// How connections to the database are encrypted; the same for one that has gone from the
    /// settings and has clients still.
    ServerTls encryption() {
        return encryption;
    }

    /// Other settings hold: what is somewhere else now is used no more once it comes back, and who
    /// waits goes to where the database is.
    void renew(DatabaseSettings changed, long now) {
        DatabaseSettings former = database;
        boolean returns = givenUp;
        givenUp = false;
        database = changed;
        encryption = switchboard.reception().encryption(changed.tls());
        settings = changed.poolOf(Reception.text(user).orElse(user));
        pool.resize(settings, now);
        if (!changed.isWhere(former)) {
            connector.move();
            pool.renew(now);
        }
        if (returns || !changed.isWhere(former)) {
            seek();
        }
    }

    /// The database is none of the proxy's any more: clients have to leave.
    void giveUp() {
        givenUp = true;
    }

    /// Why a client has to leave that has nothing under way; null when it may stay.
    @Nullable Complaint farewell() {
        if (switchboard.isDraining()) {
            return Complaints.stopping();
        }
        return givenUp ? Complaints.databaseGone() : null;
    }

    PoolMode mode() {
        return settings.mode();
    }

    String user() {
        return user;
    }

    /// What a new server connection is to know of prepared statements.
    ServerStatements statementsOfServer() {
        return new ServerStatements(statements, settings.preparedStatements());
    }

    /// How a new client's names are translated; null where they are left alone.
    @Nullable StatementRequests statementsOfClient(ByteBufAllocator allocator) {
        boolean sharing = settings.preparedStatements() > 0;
        return mode() == PoolMode.SESSION
                ? null
                : new StatementRequests(statements, sharing, allocator);
    }

    Timeouts timeouts() {
        return switchboard.settings().timeouts();
    }

    /// A client has proven itself by these.
    void proven(ClientKeys shown) {
        keys = shown;
        pool.keepMinimum(true);
    }

    /// What a client has proven itself by; null when none had to.
    @Nullable ClientKeys keys() {
        return keys;
    }

    /// The server does not take what it took before: the role's password was changed.
    ///
    /// @return whether a client has shown other keys since, which are worth a try
    boolean keysRefused(@Nullable ClientKeys refused) {
        ClientKeys now = keys;
        boolean newer = now != null && !now.equals(refused);
        if (!newer) {
            keys = null;
            pool.keepMinimum(false);
        }
        Reception.text(user).ifPresent(name -> switchboard.reception().forget(database, name));
        return newer;
    }

    /// What a server is told at the beginning.
    Map<String, String> startup() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", user);
        parameters.put("database", Messages.utf8(database.database()));
        parameters.putAll(own.of(mode()));
        return parameters;
    }

    /// Why there was no connection the last time; empty when there was one.
    String problem() {
        return problem;
    }

    /// What clients are told that come in.
    Welcomes welcomes() {
        return welcomes;
    }

    /// The machine of a client is not to be reached any more.
    void clientVanished(SocketAddress client, String how) {
        log.info(
                "a client has vanished: {} at {}, from {}: its machine {}",
                Printable.of(user),
                database.database(),
                client instanceof InetSocketAddress address
                        ? NetUtil.toSocketAddressString(address)
                        : client,
                how);
    }

    void clientEntered() {
        count(1);
    }

    private void count(int more) {
        clients += more;
        if (room instanceof Share share) {
            share.serve(clients);
        }
    }

    void clientLeft(ClientSession client) {
        count(-1);
        switchboard.destinations().leave(name, user);
        loggingIn.remove(client);
        pool.withdraw(client);
    }

    /// A client that is not let in yet needs a connection.
    @Nullable ServerSession requestForLogin(ClientSession client) {
        loggingIn.add(client);
        return request(client);
    }

    void loggedIn(ClientSession client) {
        loggingIn.remove(client);
    }

    @Nullable ServerSession request(ClientSession client) {
        return pool.request(client, System.nanoTime());
    }

    /// Whether somebody waits for a connection.
    boolean isAwaited(long now) {
        return pool.isAwaited(now);
    }

    void returned(ServerSession server) {
        pool.returned(server, timeouts().serverLifetime(), System.nanoTime());
    }

    /// @param reported by the server at the login
    void connected(ServerSession server, Map<String, String> reported) {
        welcomes.connected(reported);
        problem = "";
        admittedNanos = System.nanoTime();
        servers.add(server);
        pool.keepMinimum(true);
        pool.connected(server, System.nanoTime());
    }

    void lost(ServerSession server) {
        if (servers.remove(server)) {
            pool.lost(server, System.nanoTime());
            switchboard.whereabouts().doubt(database.server());
        }
    }

    /// The machine of a connection is not to be reached any more.
    void serverVanished(String how) {
        log.warn(
                "a connection to {} of {} has ended: its machine {}",
                database.database(),
                database.server(),
                how);
    }

    /// @param started what the server was told at the beginning; empty where it was not
    void connectFailed(String reason, @Nullable ErrorFields error, Map<String, String> started) {
        if (error != null && own.areRefused(started.keySet(), error)) {
            connectAbandoned();
            return;
        }
        log.warn(
                "no connection to {} of {}: {}",
                database.database(),
                database.server(),
                Printable.of(reason));
        problem = reason;
        pool.connectFailed(System.nanoTime());
        switchboard.whereabouts().doubt(database.server());
        if (error != null && isFinal(error.sqlState())) {
            List<ClientSession> refused = new ArrayList<>(loggingIn);
            refused.forEach(client -> client.refuse(error));
        }
    }

    /// Whether trying again is of no use: no such database or role, no access.
    private boolean isFinal(String sqlState) {
        if (sqlState.equals("28000") && database.server() instanceof ServerChoice.Primary) {
            return System.nanoTime() - admittedNanos >= DOORS_CLOSED.toNanos();
        }
        return sqlState.startsWith("28") || sqlState.startsWith("3D") || sqlState.startsWith("42");
    }

    /// An attempt to connect led nowhere that matters any more.
    void connectAbandoned() {
        pool.connectAbandoned(System.nanoTime());
    }

    /// Whether a server that has let the proxy in is the one that is meant.
    boolean isFit(Map<String, String> reported) {
        return Whereabouts.isFit(database.server(), reported);
    }

    /// The cluster has another primary, or none: connections to the former one end before anybody
    /// uses the next.
    void primaryChanged() {
        if (database.server() instanceof ServerChoice.Fixed) {
            return;
        }
        pool.suspend();
        connector.move();
        new ArrayList<>(servers)
                .forEach(server -> server.giveUpUnlessUnused(Complaints.notPrimary()));
        seek();
    }

    private void seek() {
        if (connector.server() == null) {
            problem = Complaints.noPrimary(switchboard.whereabouts().leadership().epoch());
            pool.suspend();
        } else {
            problem = "";
            own.tryAll();
            welcomes.forget();
            pool.resume(System.nanoTime());
        }
    }

    @Override
    public void connect() {
        connector.connect(this::connectionEnded);
    }

    /// A connection that was begun has ended, on both sides.
    private void connectionEnded() {
        if (room instanceof Share share) {
            share.ended();
        }
    }

    /// Whether the place of a connection is kept until the server has closed it, too.
    boolean isEndAwaited() {
        return room instanceof Share;
    }

    /// Carries a cancel request to the server of one of the connections.
    ///
    /// @param path by which that was opened
    /// @param atItsEnd is told whether nothing of it can arrive any more
    void cancel(ServerPath path, CancelKey key, Consumer<Boolean> atItsEnd) {
        CancelDelivery.send(switchboard, path, key, atItsEnd);
    }

    @Override
    public void join(ClientSession client, ServerSession server) {
        client.join(server);
    }

    @Override
    public void giveUp(ClientSession client) {
        client.fail(
                connector.server() == null
                        ? Complaints.noPrimary(timeouts().queryWait(), problem)
                        : Complaints.queryWait(timeouts().queryWait(), problem));
    }

    @Override
    public void keepWaiting(ClientSession client) {
        client.hear(Complaints.stillWaiting(timeouts().queryWaitNotice()));
    }

    @Override
    public boolean isThere(ServerSession server) {
        return server.isThere();
    }

    @Override
    public void close(ServerSession server) {
        servers.remove(server);
        server.terminate();
    }

    /// Looks after what time changes.
    void tick(long now) {
        Timeouts bounds = timeouts();
        pool.tick(bounds, now);
        new ArrayList<>(servers).forEach(server -> server.watch().tick(bounds, now));
        if (givenUp && clients == 0) {
            pool.suspend();
            closeServers();
        }
    }

    /// Ends where nobody is here and nothing is open.
    ///
    /// @return whether it has
    boolean leaveIfDeserted() {
        boolean deserted = clients == 0 && pool.size() == 0;
        if (deserted && room instanceof Share share) {
            share.leave();
        }
        return deserted;
    }

    void closeServers() {
        new ArrayList<>(servers).forEach(ServerSession::terminate);
    }
}
