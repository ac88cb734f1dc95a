package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.PoolSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Random conversations about statements with a name and without one, many at once over few
/// connections on which few statements find room: each client hears what the server alone would
/// tell it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatementStormTest {

    private static final int CONVERSATIONS = 200;
    private static final int CLIENTS = 10;

    private static final List<String> NAMES = List.of("a", "a", "b", "b", "c", "d", "Fifth", "");

    private static final List<String> TEXTS =
            List.of(
                    "select 1",
                    "select 2",
                    "select 'three', $1::int",
                    "select 1/0",
                    "select from nowhere",
                    "selekt",
                    "",
                    "begin",
                    "rollback",
                    "commit",
                    "set timezone to 'Asia/Tokyo'",
                    "set timezone to 'UTC'",
                    "select to_timestamp(1700000000)",
                    "select generate_series(1, 30)");

    private static final List<String> QUERIES =
            List.of(
                    "begin",
                    "rollback",
                    "select 1/0",
                    "select 4",
                    "deallocate a",
                    "deallocate \"Fifth\"",
                    "deallocate all",
                    "discard all",
                    "set timezone to 'Asia/Tokyo'",
                    "reset timezone");

    private final TestPostgres postgres = TestPostgres.start();

    @AfterAll
    void stop() {
        postgres.close();
    }

    @Test
    void eachClientHearsWhatTheServerAloneWouldSay() throws Exception {
        List<List<String>> direct = new ArrayList<>();
        for (int seed = 0; seed < CONVERSATIONS; seed++) {
            direct.add(converse(postgres.port(), seed));
        }
        var few = new PoolSettings(PoolMode.TRANSACTION, 3, 0, 0, Duration.ofSeconds(5), 3);
        try (var proxy = TestProxy.of(PoolMode.TRANSACTION, 3).with(few).to(postgres);
                var threads = Executors.newFixedThreadPool(CLIENTS)) {
            for (int round = 0; round < 2; round++) {
                List<Future<List<String>>> all = new ArrayList<>();
                for (int seed = 0; seed < CONVERSATIONS; seed++) {
                    int one = seed;
                    all.add(threads.submit(() -> converse(proxy.port(), one)));
                }
                for (int seed = 0; seed < CONVERSATIONS; seed++) {
                    assertThat(difference(all.get(seed).get(), direct.get(seed)))
                            .as("seed %d, round %d", seed, round)
                            .isEmpty();
                }
            }
        }
    }

    /// The first message that differs, with what came before it; empty when all are the same.
    private static String difference(List<String> heard, List<String> expected) {
        for (int i = 0; i < Math.max(heard.size(), expected.size()); i++) {
            String one = i < heard.size() ? heard.get(i) : "(nothing)";
            String other = i < expected.size() ? expected.get(i) : "(nothing)";
            if (!one.equals(other)) {
                return "after %s: heard %s, expected %s"
                        .formatted(expected.subList(Math.max(0, i - 12), i), one, other);
            }
        }
        return "";
    }

    private static List<String> converse(int port, int seed) {
        Random random = new Random(seed);
        List<String> heard = new ArrayList<>();
        try (RawClient client = RawClient.in(port)) {
            int readies = 0;
            for (int segment = 0; segment < 30; segment++) {
                if (random.nextInt(4) == 0) {
                    client.query(one(random, QUERIES));
                } else {
                    for (int i = random.nextInt(6); i >= 0; i--) {
                        say(client, random);
                    }
                    client.sync();
                }
                readies++;
                if (random.nextInt(3) == 0) {
                    hear(client.flush(), readies, heard);
                    readies = 0;
                }
            }
            hear(client.query("rollback").flush(), readies + 1, heard);
        }
        return heard;
    }

    private static void say(RawClient client, Random random) {
        String name = one(random, NAMES);
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3, 4 -> client.parse(name, one(random, TEXTS));
            case 5, 6 -> client.describe(name);
            case 7, 8 -> client.closeStatement(name);
            case 9 -> client.message('H', "");
            case 10 -> client.parse("", one(random, TEXTS)).describe("").bindExecute("");
            case 11 -> client.parse("", "deallocate " + name).bindExecute("");
            default -> client.bindExecute(name);
        }
    }

    private static <T> T one(Random random, List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    /// What is heard in a transaction that has failed is not compared: a statement that the server
    /// lacks cannot be prepared there. After it all begins anew.
    private static void hear(RawClient client, int readies, List<String> heard) {
        boolean failed = false;
        for (int i = 0; i < readies; i++) {
            for (RawClient.Message message : client.untilReady()) {
                if (!failed) {
                    heard.add(message.toString());
                }
            }
            failed |= heard.getLast().equals("Z E");
        }
        if (failed) {
            client.query("rollback").query("deallocate all").flush();
            client.untilReady();
            client.untilReady();
        }
    }
}
