package io.howdah.consensus.ratis;

import io.howdah.consensus.DocumentType;
import io.howdah.consensus.Introduction;
import io.howdah.consensus.Introductions;
import io.howdah.consensus.Ledger;
import io.howdah.consensus.Peer;
import io.howdah.consensus.Store;
import io.howdah.consensus.StoreSettings;
import io.howdah.consensus.Transport;
import io.howdah.testing.Await;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// Nodes on real Ratis servers in this process, who introduce themselves by a method call.
final class Neighbours implements AutoCloseable, Introductions {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final List<String> configured;
    private final Map<String, Transport> transports = new ConcurrentHashMap<>();
    private final Map<String, Integer> ports = new ConcurrentHashMap<>();
    private final Map<String, Store<Ledger, String>> stores = new ConcurrentHashMap<>();

    Neighbours(Path directory, String... configured) {
        this.directory = directory;
        this.configured = List.of(configured);
    }

    /// Opens all configured nodes and waits until they are one group.
    static Neighbours formed(Path directory, String... configured) {
        Neighbours neighbours = new Neighbours(directory, configured);
        for (String name : configured) {
            neighbours.open(name);
        }
        neighbours.awaitFormed(configured);
        return neighbours;
    }

    /// How a node talks to the others from its next opening on.
    void use(String name, Transport transport) {
        transports.put(name, transport);
    }

    int port(String name) {
        return ports.computeIfAbsent(name, key -> FreePorts.one());
    }

    Store<Ledger, String> open(String name) {
        return open(name, new Ledger.Type());
    }

    Store<Ledger, String> open(String name, DocumentType<Ledger, String> type) {
        Store<Ledger, String> store = RatisStore.open(settings(name), type, this);
        stores.put(name, store);
        return store;
    }

    /// As a node opens its own.
    Store<Ledger, String> openMending(String name) {
        Store<Ledger, String> store = MendingStore.open(settings(name), new Ledger.Type(), this);
        stores.put(name, store);
        return store;
    }

    StoreSettings settings(String name) {
        return StoreSettings.of(
                        "test", name, directory.resolve(name), "127.0.0.1", port(name), configured)
                .withTransport(transports.getOrDefault(name, new Transport.Plain()))
                .withRequestTimeout(Duration.ofSeconds(4));
    }

    Store<Ledger, String> store(String name) {
        Store<Ledger, String> store = stores.get(name);
        if (store == null) {
            throw new IllegalStateException(name + " is not open");
        }
        return store;
    }

    Collection<Store<Ledger, String>> stores() {
        return stores.values();
    }

    void close(String name) {
        Store<Ledger, String> store = stores.remove(name);
        if (store != null) {
            store.close();
        }
    }

    /// As if its process was killed.
    void kill(String name) {
        if (stores.remove(name) instanceof RatisStore<Ledger, String> store) {
            store.closeAbruptly();
        }
    }

    void wipe(String name) {
        try (Stream<Path> files = Files.walk(directory.resolve(name))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path directory(String name) {
        return directory.resolve(name);
    }

    @Override
    public Optional<Introduction> ask(String nodeName) {
        return Optional.ofNullable(stores.get(nodeName)).map(Store::introduction);
    }

    void awaitFormed(String... names) {
        for (String name : names) {
            get(store(name).formed());
        }
    }

    /// The name of the leader, once one is known.
    String leader() {
        Await.until("a leader", () -> stores.values().stream().anyMatch(this::leads));
        return stores.entrySet().stream()
                .filter(entry -> leads(entry.getValue()))
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    String follower() {
        String leader = leader();
        return stores.keySet().stream()
                .filter(name -> !name.equals(leader))
                .sorted()
                .findFirst()
                .orElseThrow();
    }

    private boolean leads(Store<Ledger, String> store) {
        Peer self = store.introduction().self();
        return store.leader().filter(self::equals).isPresent();
    }

    void awaitSame(List<String> words) {
        for (Map.Entry<String, Store<Ledger, String>> entry : stores.entrySet()) {
            Await.until(
                    entry.getKey() + " has " + words,
                    () -> entry.getValue().seen().state().words().equals(words));
        }
    }

    static List<String> sortedNames(Collection<Peer> peers) {
        return peers.stream().map(Peer::nodeName).sorted().toList();
    }

    static <T> T get(java.util.concurrent.CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        closeAll();
    }

    /// Closes all that are open; they may be opened again.
    void closeAll() {
        new ArrayList<>(stores.keySet()).forEach(this::close);
    }
}
