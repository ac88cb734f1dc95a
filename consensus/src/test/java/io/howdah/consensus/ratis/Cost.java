package io.howdah.consensus.ratis;

import io.howdah.consensus.Introduction;
import io.howdah.consensus.Ledger;
import io.howdah.consensus.Peer;
import io.howdah.consensus.Store;
import io.howdah.consensus.StoreSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/// What one node of a group costs while it does what an agent does: two commands a second on one of
/// the nodes. Not a test; run one process for each node, with the same directory:
///
///     java -Xmx64m -XX:+UseSerialGC -cp … io.howdah.consensus.ratis.Cost DIRECTORY n1 SECONDS
final class Cost {

    private static final List<String> NAMES = List.of("n1", "n2", "n3");
    private static final int BASE_PORT = Integer.getInteger("cost.port", 17341);

    private Cost() {}

    public static void main(String[] arguments)
            throws IOException, InterruptedException, ExecutionException {
        Path directory = Path.of(arguments[0]);
        String name = arguments[1];
        long seconds = Long.parseLong(arguments[2]);
        StoreSettings settings =
                StoreSettings.of(
                        "cost",
                        name,
                        directory.resolve(name),
                        "127.0.0.1",
                        BASE_PORT + NAMES.indexOf(name),
                        NAMES);
        try (Store<Ledger, String> store =
                RatisStore.open(settings, new Ledger.Type(), other -> ask(directory, other))) {
            Thread.ofVirtual().start(() -> tell(directory, name, store));
            store.formed().get();
            while (store.leader().isEmpty()) {
                Thread.sleep(20);
            }
            System.out.println(
                    name
                            + " knows a leader after core start, ms: "
                            + Duration.between(
                                            ProcessHandle.current()
                                                    .info()
                                                    .startInstant()
                                                    .orElseThrow(),
                                            Instant.now())
                                    .toMillis());
            Thread.sleep(1000L * Integer.getInteger("cost.warmup", 60));
            measure(store, name, seconds, arguments.length > 3 && name.equals(arguments[3]));
        }
        System.exit(0);
    }

    private static void measure(
            Store<Ledger, String> store, String name, long seconds, boolean submits)
            throws IOException, InterruptedException {
        Duration before = cpu();
        long start = System.nanoTime();
        List<Long> micros = new ArrayList<>();
        while (System.nanoTime() - start < Duration.ofSeconds(seconds).toNanos()) {
            if (submits) {
                long sent = System.nanoTime();
                try {
                    store.submit("").get();
                    micros.add((System.nanoTime() - sent) / 1000);
                } catch (ExecutionException e) {
                    System.out.println(name + " failed: " + e.getMessage());
                }
            }
            Thread.sleep(500);
        }
        double share = 100.0 * cpu().minus(before).toNanos() / (double) (System.nanoTime() - start);
        long[] sorted = micros.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf(
                "%s %s: %.2f %% of a core, %s, threads %d, submit us median %s max %s%n",
                name,
                store.status(),
                share,
                rss(),
                Thread.getAllStackTraces().size(),
                sorted.length == 0 ? "-" : sorted[sorted.length / 2],
                sorted.length == 0 ? "-" : sorted[sorted.length - 1]);
        if (Boolean.getBoolean("cost.threads")) {
            Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .sorted()
                    .forEach(System.out::println);
        }
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    }

    private static String rss() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .findFirst()
                .orElse("");
    }

    private static void tell(Path directory, String name, Store<Ledger, String> store) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Introduction introduction = store.introduction();
                List<String> words = new ArrayList<>(List.of("" + introduction.formed()));
                words.add(introduction.self().peerId() + "@" + introduction.self().port());
                for (Peer peer : introduction.group()) {
                    words.add(peer.peerId() + "@" + peer.port());
                }
                Path file = directory.resolve(name + ".new");
                Files.writeString(file, String.join(" ", words));
                Files.move(
                        file,
                        directory.resolve(name + ".txt"),
                        StandardCopyOption.REPLACE_EXISTING);
                Thread.sleep(introduction.formed() ? 10000 : 100);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Optional<Introduction> ask(Path directory, String name) {
        try {
            String[] words = Files.readString(directory.resolve(name + ".txt")).split(" ");
            List<Peer> peers = Arrays.stream(words).skip(1).map(Cost::peer).toList();
            return Optional.of(
                    new Introduction(
                            "cost",
                            peers.getFirst(),
                            Boolean.parseBoolean(words[0]),
                            peers.subList(1, peers.size())));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Peer peer(String word) {
        int at = word.indexOf('@');
        return Peer.of(
                word.substring(0, at), "127.0.0.1", Integer.parseInt(word.substring(at + 1)));
    }
}
