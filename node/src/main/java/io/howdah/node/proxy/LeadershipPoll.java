package io.howdah.node.proxy;

import io.howdah.node.api.ApiClient;
import io.howdah.node.api.LeadershipReport;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the nodes' APIs who leads: every second one of them, the one that answered last; all at
/// once when it does not answer or sees no majority, and when what is known is doubted. `start` and
/// `close` are called once.
final class LeadershipPoll implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofSeconds(1);

    /// However often what is known is doubted, all are asked no sooner again.
    private static final Duration PAUSE = Duration.ofMillis(100);

    private static final int NODES_MAXIMUM = 32;
    private static final Logger LOG = LoggerFactory.getLogger(LeadershipPoll.class);

    private final List<URI> configured;
    private final Supplier<ApiClient> client;
    private final BooleanSupplier needed;
    private final Consumer<LeadershipReport> heard;
    private final Semaphore doubts = new Semaphore(0);
    private final Thread thread;
    private volatile Set<URI> nodes;
    private volatile URI preferred;
    private String complaint = "";

    /// @param configured base URLs of nodes; at least one
    /// @param client with the credentials to show; asked for each time
    /// @param needed whether anything is to be asked now
    /// @param heard is told each answer, by several threads
    LeadershipPoll(
            List<URI> configured,
            Supplier<ApiClient> client,
            BooleanSupplier needed,
            Consumer<LeadershipReport> heard) {
        this.configured = List.copyOf(configured);
        this.client = client;
        this.needed = needed;
        this.heard = heard;
        this.nodes = new LinkedHashSet<>(configured);
        this.preferred = configured.getFirst();
        this.thread = Thread.ofVirtual().name("leadership-poll").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// What is known may be over. Returns at once.
    void hurry() {
        if (doubts.availablePermits() == 0) {
            doubts.release();
        }
    }

    /// These belong to the cluster now, besides those that were configured.
    void know(List<String> urls) {
        var all = new LinkedHashSet<>(configured);
        for (String url : urls) {
            if (all.size() < NODES_MAXIMUM) {
                all.add(URI.create(url));
            }
        }
        nodes = all;
    }

    /// Base URLs of all nodes that are known.
    Set<URI> nodes() {
        return nodes;
    }

    private void run() {
        try {
            while (true) {
                boolean doubted = doubts.tryAcquire(PERIOD.toMillis(), TimeUnit.MILLISECONDS);
                doubts.drainPermits();
                if (needed.getAsBoolean() && (doubted || !ask(preferred))) {
                    askAll();
                    Thread.sleep(PAUSE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void askAll() throws InterruptedException {
        boolean answered = false;
        try (var threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("leadership-poll-", 0).factory())) {
            List<Callable<Boolean>> questions =
                    nodes.stream().<Callable<Boolean>>map(node -> () -> ask(node)).toList();
            for (var answer : threads.invokeAll(questions)) {
                answered |= Boolean.TRUE.equals(answer.resultNow());
            }
        }
        if (answered) {
            complaint = "";
        } else if (complaint.isEmpty()) {
            complaint = "no node says who leads: " + nodes;
            LOG.warn("{}; what is known holds on", complaint);
        }
    }

    /// @return whether that node knows who leads
    private boolean ask(URI node) {
        try {
            LeadershipReport report = client.get().at(node.toString()).leadership();
            heard.accept(report);
            know(report.api());
            if (report.agreed()) {
                preferred = node;
            }
            return report.agreed();
        } catch (RuntimeException e) {
            // whatever it is, the next round is as good as this one
            LOG.debug("{} does not say who leads: {}", node, e.getMessage());
            return false;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
