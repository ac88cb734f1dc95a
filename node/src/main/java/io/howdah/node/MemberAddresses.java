package io.howdah.node;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The numeric addresses of the members' hosts, for PostgreSQL's rules: by a name, PostgreSQL would
/// look up each caller backwards, which many networks do not answer. Names are resolved again now
/// and then, on a thread of its own; a name that cannot be resolved keeps its last addresses. `get`
/// never waits. Thread-safe.
final class MemberAddresses implements Supplier<Set<String>>, AutoCloseable {

    /// What resolves a host's name.
    @FunctionalInterface
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|[0-9a-fA-F.]*:[0-9a-fA-F:.]*");
    private static final Logger LOG = LoggerFactory.getLogger(MemberAddresses.class);

    private final Resolver resolver;
    private final Supplier<Set<String>> hosts;
    private final Map<String, Set<String>> resolved = new HashMap<>();
    private final NameComplaints complaints = new NameComplaints();
    private final Consumer<String> warn;
    private final Thread thread;
    private volatile Set<String> addresses;

    /// @param hosts the members' hosts as they are known at the moment, names or addresses
    MemberAddresses(Resolver resolver, Supplier<Set<String>> hosts) {
        this(resolver, hosts, LOG::warn);
    }

    /// @param warn is told what is wrong with a name
    MemberAddresses(Resolver resolver, Supplier<Set<String>> hosts, Consumer<String> warn) {
        this.resolver = resolver;
        this.warn = warn;
        this.hosts = hosts;
        this.addresses =
                new TreeSet<>(hosts.get().stream().filter(MemberAddresses::isNumeric).toList());
        this.thread = Thread.ofVirtual().name("member-addresses").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                lookAgain();
                Thread.sleep(PERIOD);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookAgain() {
        try {
            look();
        } catch (RuntimeException e) {
            // what was known holds on
            LOG.debug("the members' addresses were not looked up: {}", e.getMessage());
        }
    }

    /// Resolves everything once.
    void look() {
        Set<String> now = new TreeSet<>();
        Set<String> known = hosts.get();
        for (String host : known) {
            if (isNumeric(host)) {
                now.add(host);
            } else {
                now.addAll(resolve(host, known.size() == 1));
            }
        }
        addresses = now;
    }

    private Set<String> resolve(String host, boolean alone) {
        try {
            Set<String> found = new TreeSet<>();
            InetAddress[] answer = resolver.resolve(host);
            complaints.resolved(host, answer, alone).ifPresent(warn);
            for (InetAddress address : answer) {
                found.add(address.getHostAddress().split("%", 2)[0]);
            }
            resolved.put(host, found);
        } catch (UnknownHostException e) {
            complaints.unresolved(host).ifPresent(warn);
        }
        return resolved.getOrDefault(host, Set.of());
    }

    private static boolean isNumeric(String host) {
        return NUMERIC.matcher(host).matches();
    }

    @Override
    public Set<String> get() {
        return addresses;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
