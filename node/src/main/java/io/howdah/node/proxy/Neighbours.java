package io.howdah.node.proxy;

import io.howdah.node.api.ApiClient;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.settings.Peers;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The proxies beside the nodes of a cluster, by the numbers that stand in the cancel keys of their
/// clients. A number follows from where its node's API is, which all nodes know, so none has to be
/// given to anybody; where two nodes happen to have the same one, cancel requests that arrive at
/// one of them for the other are lost. Where a proxy takes clients its node says when somebody
/// asks. Thread-safe.
final class Neighbours {

    private static final Duration BELIEVED = Duration.ofSeconds(10);

    /// Anybody can send cancel requests: a node that knows of no proxy is not asked for each.
    private static final Duration BELIEVED_NONE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(Neighbours.class);

    private record Asked(long atNanos, CompletableFuture<Optional<ServerAddress.Tcp>> answer) {

        boolean holds(long now) {
            Optional<ServerAddress.Tcp> known = answer.getNow(null);
            return known == null
                    || now - atNanos < (known.isPresent() ? BELIEVED : BELIEVED_NONE).toNanos();
        }
    }

    private final Supplier<? extends Collection<URI>> nodes;
    private final Supplier<ApiClient> client;
    private final Map<Integer, Asked> asked = new ConcurrentHashMap<>();

    /// @param nodes base URLs of the nodes' APIs; asked for each time
    /// @param client with the credentials to show them; asked for each time
    Neighbours(Supplier<? extends Collection<URI>> nodes, Supplier<ApiClient> client) {
        this.nodes = nodes;
        this.client = client;
    }

    /// The number of the proxy beside a node.
    ///
    /// @param api the base URL of its API
    static int number(URI api) {
        return 1 + Math.floorMod(api.toString().hashCode(), Peers.MOST);
    }

    /// Where the proxy with this number takes clients; empty where none is known to. Returns at
    /// once; what it returns does not fail.
    CompletableFuture<Optional<ServerAddress.Tcp>> find(int number) {
        Optional<URI> node =
                nodes.get().stream().filter(each -> number(each) == number).findFirst();
        if (node.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        long now = System.nanoTime();
        return asked.compute(
                        number,
                        (_, before) ->
                                before != null && before.holds(now)
                                        ? before
                                        : new Asked(now, ask(node.get())))
                .answer();
    }

    private CompletableFuture<Optional<ServerAddress.Tcp>> ask(URI node) {
        var answer = new CompletableFuture<Optional<ServerAddress.Tcp>>();
        Thread.ofVirtual().name("neighbour").start(() -> answer.complete(proxyOf(node)));
        return answer;
    }

    private Optional<ServerAddress.Tcp> proxyOf(URI node) {
        try {
            return address(client.get().at(node.toString()).leadership().proxy());
        } catch (RuntimeException e) {
            LOG.debug("{} does not say where its proxy is: {}", node, e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<ServerAddress.Tcp> address(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        URI uri = URI.create("tcp://" + text);
        String host = uri.getHost();
        return host == null || uri.getPort() <= 0
                ? Optional.empty()
                : Optional.of(
                        new ServerAddress.Tcp(host.replaceAll("[\\[\\]]", ""), uri.getPort()));
    }
}
