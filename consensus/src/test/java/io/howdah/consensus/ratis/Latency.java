package io.howdah.consensus.ratis;

import io.howdah.consensus.Ledger;
import io.howdah.consensus.Store;
import io.howdah.consensus.Transport;
import io.howdah.testing.Await;
import io.howdah.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/// How long a command takes until it is acknowledged, and until every node has applied it; and how
/// long the group is without a leader when one goes down. Not a test.
final class Latency {

    private Latency() {}

    public static void main(String[] arguments)
            throws IOException, InterruptedException, ExecutionException {
        Path directory = Files.createTempDirectory(Path.of(arguments[0]), "latency");
        boolean encrypted = arguments.length > 2 && arguments[2].equals("tls");
        try (Neighbours nodes = formed(directory, encrypted)) {
            idle(nodes);
            for (int round = 0; round < 2; round++) {
                for (String from : List.of(nodes.leader(), nodes.follower())) {
                    spread(nodes, from, Integer.parseInt(arguments[1]));
                }
            }
            for (int round = 0; round < 6; round++) {
                loseLeader(nodes, round % 2 == 0);
            }
        }
        System.exit(0);
    }

    private static Neighbours formed(Path directory, boolean encrypted) {
        TestAuthority authority = new TestAuthority("latency");
        Neighbours nodes = new Neighbours(directory, "n1", "n2", "n3");
        for (String name : List.of("n1", "n2", "n3")) {
            if (encrypted) {
                nodes.use(
                        name,
                        new Transport.MutualTls(
                                authority.holder(name, "127.0.0.1").keyManager(),
                                authority.trustManager()));
            }
            nodes.open(name);
        }
        nodes.awaitFormed("n1", "n2", "n3");
        return nodes;
    }

    private static void idle(Neighbours nodes) throws InterruptedException, ExecutionException {
        String follower = nodes.follower();
        Duration before = Duration.ZERO;
        int count = 120;
        for (int i = -count; i < count; i++) {
            if (i == 0) {
                before = cpu();
            }
            nodes.store(follower).submit("").get();
            Thread.sleep(500);
        }
        double perSecond = cpu().minus(before).toMillis() / (count * 0.5);
        System.out.printf(
                "three nodes asked twice a second: %.1f ms of CPU per second%n", perSecond);
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    }

    private static void spread(Neighbours nodes, String from, int count)
            throws InterruptedException, ExecutionException {
        List<Long> acknowledged = new ArrayList<>();
        List<Long> everywhere = new ArrayList<>();
        List<Long> reads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Map<String, Long> heard = new ConcurrentHashMap<>();
            List<io.howdah.consensus.Subscription> watches = new ArrayList<>();
            long before = nodes.store(from).read().get().index();
            for (String name : List.of("n1", "n2", "n3")) {
                watches.add(
                        nodes.store(name)
                                .watch(now -> {
                                    if (now.index() > before) {
                                        heard.putIfAbsent(name, System.nanoTime());
                                    }
                                }));
            }
            Thread.sleep(100);
            long start = System.nanoTime();
            nodes.store(from).submit("").get();
            acknowledged.add(System.nanoTime() - start);
            Await.until("all heard", () -> heard.size() == 3);
            everywhere.add(Collections.max(heard.values()) - start);
            watches.forEach(io.howdah.consensus.Subscription::close);
            long read = System.nanoTime();
            nodes.store(from).read().get();
            reads.add(System.nanoTime() - read);
        }
        boolean leads = from.equals(nodes.leader());
        System.out.println(
                (leads ? "leader   " : "follower ")
                        + "acknowledged "
                        + figures(acknowledged)
                        + ", applied everywhere "
                        + figures(everywhere)
                        + ", read "
                        + figures(reads));
    }

    private static void loseLeader(Neighbours nodes, boolean kill)
            throws InterruptedException, ExecutionException {
        String leader = nodes.leader();
        String survivor = nodes.follower();
        nodes.store(survivor).submit("").get();
        Thread closing =
                Thread.ofVirtual()
                        .start(() -> {
                            if (kill) {
                                nodes.kill(leader);
                            } else {
                                nodes.close(leader);
                            }
                        });
        long start = System.nanoTime();
        long longest = 0;
        long last = start;
        while (System.nanoTime() - start < 3_000_000_000L) {
            Store<Ledger, String> store = nodes.store(survivor);
            store.submit("").get();
            long now = System.nanoTime();
            longest = Math.max(longest, now - last);
            last = now;
            Thread.sleep(10);
        }
        closing.join();
        System.out.println(
                (kill ? "leader killed" : "leader closed")
                        + ": longest wait "
                        + longest / 1_000_000
                        + " ms");
        long open = System.nanoTime();
        nodes.open(leader);
        System.out.println("opened in " + (System.nanoTime() - open) / 1_000_000 + " ms");
        Thread.sleep(1000);
    }

    private static String figures(List<Long> nanos) {
        List<Long> sorted = nanos.stream().sorted().toList();
        Map<String, Double> figures = new TreeMap<>();
        figures.put("median", sorted.get(sorted.size() / 2) / 1e6);
        figures.put("p95", sorted.get(sorted.size() * 95 / 100) / 1e6);
        figures.put("max", sorted.getLast() / 1e6);
        return "%.1f/%.1f/%.1f ms"
                .formatted(figures.get("median"), figures.get("p95"), figures.get("max"));
    }
}
