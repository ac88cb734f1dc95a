package io.howdah.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.TestTimeouts;
import io.howdah.proxy.settings.Timeouts;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServerPoolTest {

    private static final Duration NEVER = Duration.ZERO;
    private static final Timeouts IDLE = new TestTimeouts().queryWait(NEVER).build();
    private static final Duration TWO = Duration.ofSeconds(2);
    private static final long SECOND = 1_000_000_000L;

    private static final class Hands implements PoolHands<String, Integer> {
        private int connects;
        private final Map<String, Integer> joined = new LinkedHashMap<>();
        private final List<String> givenUp = new ArrayList<>();
        private final List<String> told = new ArrayList<>();
        private final List<Integer> closed = new ArrayList<>();
        private final List<Integer> ended = new ArrayList<>();

        @Override
        public void connect() {
            connects++;
        }

        @Override
        public void join(String client, Integer server) {
            assertThat(joined.put(client, server)).isNull();
        }

        @Override
        public void giveUp(String client) {
            givenUp.add(client);
        }

        @Override
        public void keepWaiting(String client) {
            told.add(client);
        }

        @Override
        public boolean isThere(Integer server) {
            return !ended.contains(server);
        }

        @Override
        public void close(Integer server) {
            closed.add(server);
        }
    }

    private final Hands hands = new Hands();

    private ServerPool<String, Integer> pool(int size, int minimum, int reserve) {
        return new ServerPool<>(
                new PoolSettings(
                        PoolMode.TRANSACTION, size, minimum, reserve, Duration.ofSeconds(5), 0),
                new Caps(List.of()),
                hands);
    }

    @Test
    void clientsAreServedInTheOrderInWhichTheyCame() {
        var pool = pool(1, 0, 0);
        assertThat(pool.request("a", 0)).isNull();
        pool.request("b", 1);
        pool.request("c", 2);
        pool.connected(1, 3);
        pool.returned(1, NEVER, 4);
        pool.returned(1, NEVER, 5);
        assertThat(List.copyOf(hands.joined.keySet())).containsExactly("a", "b", "c");
        assertThat(hands.connects).isOne();
    }

    @Test
    void nobodyOvertakesTheQueue() {
        var pool = pool(2, 0, 0);
        pool.request("a", 0);
        pool.request("b", 0);
        pool.connected(1, 1);
        pool.returned(1, NEVER, 2);
        assertThat(hands.joined.keySet()).containsExactly("a", "b");
        assertThat(pool.request("c", 3)).isNull();
        pool.request("d", 3);
        pool.connected(2, 4);
        assertThat(hands.joined.keySet()).containsExactly("a", "b", "c");
    }

    @Test
    void connectionThatEndedWhileItLayUnusedIsGivenToNobody() {
        var pool = pool(2, 0, 0);
        pool.request("a", 0);
        pool.request("b", 0);
        pool.connected(1, 1);
        pool.connected(2, 1);
        pool.returned(1, NEVER, 2);
        pool.returned(2, NEVER, 3);
        hands.ended.add(2);
        assertThat(pool.request("c", SECOND)).isEqualTo(1);
        assertThat(hands.closed).containsExactly(2);
        pool.returned(1, NEVER, SECOND);
        hands.ended.add(1);
        assertThat(pool.request("d", 2 * SECOND)).isNull();
        assertThat(hands.connects).isEqualTo(3);
        assertThat(pool.size()).isOne();
    }

    @Test
    void unusedConnectionIsGivenAtOnceAndTheOneUsedLastFirst() {
        var pool = pool(2, 0, 0);
        pool.request("a", 0);
        pool.request("b", 0);
        pool.connected(1, 1);
        pool.connected(2, 1);
        pool.returned(1, NEVER, 2);
        pool.returned(2, NEVER, 3);
        assertThat(pool.request("c", 4)).isEqualTo(2);
        assertThat(pool.request("d", 4)).isEqualTo(1);
    }

    @Test
    void poolNeverGrowsBeyondItsSize() {
        var pool = pool(3, 0, 0);
        for (int i = 0; i < 50; i++) {
            pool.request("c" + i, i);
        }
        assertThat(hands.connects).isEqualTo(3);
    }

    @Test
    void nobodyTriesWhileThereIsNowhereToConnectTo() {
        var pool = pool(3, 1, 0);
        pool.suspend();
        pool.request("a", 0);
        pool.tick(IDLE, 10 * SECOND);
        assertThat(hands.connects).isZero();
        pool.resume(11 * SECOND);
        assertThat(hands.connects).isOne();
    }

    @Test
    void newServerIsTriedAtOnceWhateverWasWrongWithTheOneBefore() {
        var pool = pool(3, 0, 0);
        pool.request("a", 0);
        pool.connectFailed(1);
        pool.request("b", 2);
        assertThat(hands.connects).isOne();
        pool.suspend();
        pool.resume(3);
        assertThat(hands.connects).isEqualTo(3);
        pool.connectAbandoned(4);
        pool.connected(1, 5);
        assertThat(hands.joined.keySet()).containsExactly("a");
    }

    @Test
    void reserveIsUsedOnceTheFirstHasWaitedLongEnough() {
        var pool = pool(1, 0, 2);
        pool.request("a", 0);
        pool.connected(1, 0);
        pool.request("b", SECOND);
        pool.tick(IDLE, 5 * SECOND);
        assertThat(hands.connects).isEqualTo(1);
        pool.tick(IDLE, 6 * SECOND);
        assertThat(hands.connects).isEqualTo(2);
        pool.connected(2, 6 * SECOND);
        assertThat(hands.joined).containsEntry("b", 2);
    }

    @Test
    void minimumIsNotTriedForWhereItWouldBeRefusedButWhoWaitsIs() {
        var pool = pool(5, 2, 0);
        pool.request("a", 0);
        pool.connected(1, 1);
        pool.keepMinimum(false);
        pool.connectFailed(1);
        for (int second = 2; second < 9; second++) {
            pool.tick(IDLE, second * SECOND);
        }
        assertThat(hands.connects).isEqualTo(2);
        pool.request("b", 9 * SECOND);
        assertThat(hands.connects).isEqualTo(3);
        pool.connectFailed(9 * SECOND);
        pool.withdraw("b");
        pool.tick(IDLE, 11 * SECOND);
        assertThat(hands.connects).isEqualTo(3);
        pool.keepMinimum(true);
        pool.tick(IDLE, 12 * SECOND);
        assertThat(hands.connects).isEqualTo(4);
    }

    @Test
    void minimumIsKeptOnceSomebodyWasHere() {
        var pool = pool(5, 3, 0);
        pool.tick(IDLE, 0);
        assertThat(hands.connects).isZero();
        pool.request("a", 0);
        assertThat(hands.connects).isEqualTo(3);
    }

    @Test
    void whoWaitsTooLongIsToldAndForgotten() {
        var pool = pool(1, 0, 0);
        pool.request("a", 0);
        pool.request("b", SECOND);
        pool.tick(new TestTimeouts().queryWait(Duration.ofSeconds(2)).build(), 2 * SECOND);
        assertThat(hands.givenUp).containsExactly("a");
        pool.connected(1, 2 * SECOND);
        assertThat(hands.joined).containsOnlyKeys("b");
    }

    @Test
    void whoWaitsIsToldOnceWhateverBecomesOfTheOthers() {
        var pool = pool(1, 0, 0);
        Timeouts telling = new TestTimeouts().queryWait(NEVER).queryWaitNotice(TWO).build();
        pool.request("a", 0);
        pool.request("b", SECOND);
        pool.request("c", 2 * SECOND);
        pool.tick(telling, 2 * SECOND);
        assertThat(hands.told).containsExactly("a");
        pool.withdraw("a");
        pool.withdraw("b");
        pool.tick(telling, 3 * SECOND);
        pool.tick(telling, 4 * SECOND);
        pool.tick(telling, 9 * SECOND);
        assertThat(hands.told).containsExactly("a", "c");
    }

    @Test
    void smallerPoolGivesUpWhatIsTooMuchAndNotWhatIsInUse() {
        var pool = pool(3, 0, 0);
        List.of("a", "b", "c").forEach(client -> pool.request(client, 0));
        List.of(1, 2, 3).forEach(server -> pool.connected(server, 0));
        pool.returned(1, NEVER, 1);
        pool.resize(new PoolSettings(PoolMode.TRANSACTION, 1, 0, 0, TWO, 0), 2);
        assertThat(hands.closed).containsExactly(1);
        pool.returned(2, NEVER, 3);
        pool.returned(3, NEVER, 4);
        assertThat(hands.closed).containsExactly(1, 2);
        assertThat(pool.unused()).isOne();
    }

    @Test
    void whatLedElsewhereIsNotUsedAgainAndWhoWaitsGetsTheNew() {
        var pool = pool(2, 0, 0);
        List.of("a", "b").forEach(client -> pool.request(client, 0));
        List.of(1, 2).forEach(server -> pool.connected(server, 0));
        pool.returned(1, NEVER, 1);
        pool.renew(2);
        assertThat(hands.closed).containsExactly(1);
        pool.request("c", 3);
        pool.request("d", 3);
        assertThat(hands.connects).isEqualTo(3);
        pool.returned(2, NEVER, 4);
        assertThat(hands.closed).containsExactly(1, 2);
        assertThat(hands.joined).containsOnlyKeys("a", "b");
        assertThat(hands.connects).isEqualTo(4);
        pool.connectAbandoned(5);
        assertThat(hands.connects).isEqualTo(5);
        pool.connected(3, 5);
        assertThat(hands.joined).containsEntry("c", 3);
    }

    @Test
    void unusedConnectionsEndButForTheMinimum() {
        var pool = pool(3, 1, 0);
        pool.request("a", 0);
        pool.request("b", 0);
        pool.connected(1, 0);
        pool.connected(2, 0);
        pool.returned(1, NEVER, 0);
        pool.returned(2, NEVER, SECOND);
        pool.tick(new TestTimeouts().serverIdle(Duration.ofSeconds(5)).build(), 4 * SECOND);
        assertThat(hands.closed).isEmpty();
        pool.tick(new TestTimeouts().serverIdle(Duration.ofSeconds(5)).build(), 60 * SECOND);
        assertThat(hands.closed).containsExactly(1);
    }

    @Test
    void oldConnectionEndsBetweenTwoClients() {
        var pool = pool(1, 0, 0);
        pool.request("a", 0);
        pool.connected(1, 0);
        pool.request("b", 1);
        pool.returned(1, Duration.ofSeconds(3), 3 * SECOND);
        assertThat(hands.closed).containsExactly(1);
        assertThat(hands.joined).containsOnlyKeys("a");
        assertThat(hands.connects).isEqualTo(2);
        pool.connected(2, 4 * SECOND);
        pool.returned(2, Duration.ofSeconds(3), 5 * SECOND);
        assertThat(pool.unused()).isOne();
        pool.tick(new TestTimeouts().serverLifetime(Duration.ofSeconds(3)).build(), 7 * SECOND);
        assertThat(hands.closed).containsExactly(1, 2);
    }

    @Test
    void afterAFailureOneAttemptAtATimeAndNotAtOnce() {
        var pool = pool(5, 0, 0);
        pool.request("a", 0);
        pool.request("b", 0);
        assertThat(hands.connects).isEqualTo(2);
        pool.connectFailed(0);
        pool.connectFailed(0);
        pool.tick(IDLE, SECOND / 2);
        assertThat(hands.connects).isEqualTo(2);
        pool.tick(IDLE, SECOND);
        pool.tick(IDLE, 9 * SECOND);
        assertThat(hands.connects).isEqualTo(3);
        pool.connected(1, 9 * SECOND);
        assertThat(hands.connects).isEqualTo(4);
    }

    @Test
    void whateverHappensEverybodyIsServedAndNoConnectionTwice() {
        for (int seed = 0; seed < 500; seed++) {
            new Hustle(seed).run();
        }
    }

    /// Random clients, failures and losses, with a shadow of who holds what.
    private static final class Hustle implements PoolHands<Integer, Integer> {
        private final Random random;
        private final int size;
        private final ServerPool<Integer, Integer> pool;
        private final Map<Integer, Integer> holders = new LinkedHashMap<>();
        private final ArrayDeque<Integer> queue = new ArrayDeque<>();
        private final Set<Integer> open = new HashSet<>();
        private int connecting;
        private int nextClient;
        private int nextServer;
        private long now;

        Hustle(int seed) {
            random = new Random(seed);
            size = 1 + random.nextInt(4);
            pool =
                    new ServerPool<>(
                            new PoolSettings(
                                    PoolMode.TRANSACTION,
                                    size,
                                    random.nextInt(size + 1),
                                    0,
                                    Duration.ZERO,
                                    0),
                            new Caps(List.of()),
                            this);
        }

        @Override
        public void connect() {
            connecting++;
        }

        @Override
        public void join(Integer client, Integer server) {
            assertThat(client).isEqualTo(queue.remove());
            take(client, server);
        }

        private void take(Integer client, Integer server) {
            assertThat(open).contains(server);
            assertThat(holders.values()).doesNotContain(server);
            holders.put(client, server);
        }

        @Override
        public void giveUp(Integer client) {
            throw new AssertionError("no bound was set");
        }

        @Override
        public void keepWaiting(Integer client) {}

        @Override
        public boolean isThere(Integer server) {
            return true;
        }

        @Override
        public void close(Integer server) {
            assertThat(open.remove(server)).isTrue();
        }

        void run() {
            for (int i = 0; i < 200; i++) {
                now += SECOND / 4;
                act(random.nextInt(8));
                assertThat(pool.size())
                        .isEqualTo(open.size() + connecting)
                        .isLessThanOrEqualTo(size);
                assertThat(pool.waiting()).isEqualTo(queue.size());
                assertThat(pool.waiting() > 0 && pool.unused() > 0).isFalse();
            }
            settle();
        }

        private void act(int what) {
            switch (what) {
                case 0, 1, 2 -> arrive();
                case 3 -> connect(true);
                case 4 -> connect(random.nextInt(3) > 0);
                case 5, 6 -> giveBack();
                default -> loseOrLeave();
            }
            pool.tick(IDLE, now);
        }

        private void arrive() {
            int client = nextClient++;
            queue.add(client);
            Integer server = pool.request(client, now);
            if (server != null) {
                queue.removeLast();
                take(client, server);
            }
        }

        private void connect(boolean success) {
            if (connecting == 0) {
                return;
            }
            connecting--;
            if (success) {
                open.add(nextServer);
                pool.connected(nextServer++, now);
            } else {
                pool.connectFailed(now);
            }
        }

        private void giveBack() {
            if (!holders.isEmpty()) {
                Integer server = holders.values().iterator().next();
                holders.values().remove(server);
                pool.returned(server, Duration.ofSeconds(20), now);
            }
        }

        private void loseOrLeave() {
            if (random.nextBoolean() && !queue.isEmpty()) {
                pool.withdraw(queue.removeLast());
            } else if (!open.isEmpty()) {
                Integer server = open.iterator().next();
                open.remove(server);
                holders.values().remove(server);
                pool.lost(server, now);
            }
        }

        /// When all give back what they have, nobody is left in the queue.
        private void settle() {
            for (int i = 0; i < 10_000 && !(queue.isEmpty() && holders.isEmpty()); i++) {
                now += 2 * SECOND;
                connect(true);
                giveBack();
                pool.tick(IDLE, now);
            }
            assertThat(queue).isEmpty();
        }
    }
}
