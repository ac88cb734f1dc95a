package io.howdah.node.api;

import io.howdah.node.authority.Credentials;
import io.howdah.node.authority.KeyMaterial;
import io.howdah.node.configuration.ApiAccess;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/// The node's API on one port: https where the node has keys, and each request is judged by
/// [Doors]; else plain http, for a cluster on one machine, and changes are taken from this machine
/// only. Small on purpose: it shares a process with the lease. Thread-safe.
public final class ApiServer implements AutoCloseable {

    /// How long the other members have to answer when the whole cluster is asked for.
    static final int POLL_MILLIS = 700;

    private static final int CONNECTIONS_MAXIMUM = 256;
    private static final int IDLE_MILLIS = 10_000;

    /// How long a connection may idle once all are taken, so that probes get through again soon.
    private static final int CROWDED_IDLE_MILLIS = 500;

    private static final int ACCEPT_QUEUE = 64;

    private final String host;
    private final int port;
    private final Server server;
    private final ServerConnector connector;

    /// Nothing is bound before [#start()].
    ///
    /// @param host the name or address to listen on
    /// @param port 1 to 65535; 0: any free one
    /// @param node whom it speaks for
    public ApiServer(String host, int port, NodeView node) {
        this(host, port, node, IDLE_MILLIS);
    }

    /// Nothing is bound before [#start()].
    ///
    /// @param host the name or address to listen on
    /// @param port 1 to 65535; 0: any free one
    /// @param node whom it speaks for
    /// @param keys what it shows and whom it believes; null: plain http
    /// @param access who else may ask
    public ApiServer(
            String host, int port, NodeView node, @Nullable KeyMaterial keys, ApiAccess access) {
        this(host, port, node, keys, access, IDLE_MILLIS);
    }

    ApiServer(String host, int port, NodeView node, int idleMillis) {
        this(host, port, node, null, ApiAccess.DEFAULT, idleMillis);
    }

    private ApiServer(
            String host,
            int port,
            NodeView node,
            @Nullable KeyMaterial keys,
            ApiAccess access,
            int idleMillis) {
        this.host = host;
        this.port = port;
        // Platform threads for the one acceptor and the one selector; requests, which may wait for
        // other nodes, run on virtual threads.
        var threads = new QueuedThreadPool(6, 2);
        threads.setName("api");
        threads.setDaemon(true);
        threads.setReservedThreads(0);
        threads.setVirtualThreadsExecutor(
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("api-request-", 0).factory()));
        server = new Server(threads);
        connector = new ServerConnector(server, 1, 1, connections(keys));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(idleMillis);
        connector.setAcceptQueueSize(ACCEPT_QUEUE);
        server.addConnector(connector);
        var limit = new NetworkConnectionLimit(CONNECTIONS_MAXIMUM, connector);
        limit.setEndPointIdleTimeout(CROWDED_IDLE_MILLIS);
        server.addBean(limit);
        Credentials own = keys == null ? Credentials.none() : Credentials.of(keys);
        server.setHandler(
                new ApiHandler(
                        node, new MemberPoll(own, POLL_MILLIS), new Doorkeeper(keys, access)));
        server.setErrorHandler(new ApiErrors());
        // No grace: it would wait for every idle connection that a prober keeps.
        server.setStopTimeout(0);
    }

    /// Binds the port and begins to answer.
    ///
    /// @throws ApiServerException when the port is in use or the host is not of this machine
    public void start() {
        try {
            server.start();
        } catch (IOException e) {
            close();
            throw new ApiServerException(
                    "cannot listen on " + host + ":" + port + ": " + deepest(e),
                    "stop the process that uses the port (`ss -ltnp` names it), or correct host and"
                            + " api-port of this node in howdah.yaml",
                    e);
        } catch (Exception e) {
            close();
            throw new IllegalStateException("the API's server does not start: " + e, e);
        }
    }

    /// The port that is bound, once started.
    public int port() {
        return connector.getLocalPort();
    }

    /// Stops listening and ends what is under way. Idempotent.
    @Override
    public void close() {
        try {
            server.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException("the API's server does not stop: " + e, e);
        }
    }

    private static ConnectionFactory[] connections(@Nullable KeyMaterial keys) {
        HttpConfiguration http = http();
        if (keys == null) {
            return new ConnectionFactory[] {new HttpConnectionFactory(http)};
        }
        // Clients come by address as well as by name: which name is meant is no matter here.
        var secure = new SecureRequestCustomizer();
        secure.setSniHostCheck(false);
        http.addCustomizer(secure);
        var tls = new SslContextFactory.Server();
        tls.setSslContext(keys.openServerContext());
        tls.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        tls.setRenegotiationAllowed(false);
        tls.setWantClientAuth(true);
        return new ConnectionFactory[] {
            new SslConnectionFactory(tls, HttpVersion.HTTP_1_1.asString()),
            new HttpConnectionFactory(http)
        };
    }

    private static HttpConfiguration http() {
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        http.setRequestHeaderSize(8 << 10);
        http.setOutputBufferSize(8 << 10);
        http.setUseInputDirectByteBuffers(false);
        http.setUseOutputDirectByteBuffers(false);
        return http;
    }

    private static String deepest(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    }
}
