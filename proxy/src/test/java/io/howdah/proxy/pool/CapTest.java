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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Several pools under a common bound.
class CapTest {

    private static final Duration NEVER = Duration.ZERO;
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLISECOND = 1_000_000L;
    private static final Timeouts IDLE = new TestTimeouts().queryWait(NEVER).build();

    /// A pool, who holds what of it, and who waits.
    private static final class Shadow implements PoolHands<Integer, Integer> {
        private final ServerPool<Integer, Integer> pool;
        private final Map<Integer, Integer> holders = new LinkedHashMap<>();
        private final ArrayDeque<Integer> queue = new ArrayDeque<>();
        private final Set<Integer> open = new HashSet<>();
        private int connecting;
        private int served;

        Shadow(int size, int minimum, List<Cap> caps) {
            pool =
                    new ServerPool<>(
                            new PoolSettings(PoolMode.TRANSACTION, size, minimum, 0, NEVER, 0),
                            new Caps(caps),
                            this);
        }

        @Override
        public void connect() {
            connecting++;
        }

        @Override
        public void join(Integer client, Integer server) {
            assertThat(client).isEqualTo(queue.remove());
            hold(client, server);
        }

        private void hold(Integer client, Integer server) {
            assertThat(open).contains(server);
            assertThat(holders.values()).doesNotContain(server);
            holders.put(client, server);
            served++;
        }

        @Override
        public void giveUp(Integer client) {
            throw new AssertionError("no bound was set");
        }

        @Override
        public void keepWaiting(Integer client) {}

        @Override
        public boolean isThere(Integer server) {
            return open.contains(server);
        }

        @Override
        public void close(Integer server) {
            assertThat(open.remove(server)).isTrue();
        }

        void arrive(int client, long now) {
            queue.add(client);
            Integer server = pool.request(client, now);
            if (server != null) {
                queue.removeLast();
                hold(client, server);
            }
        }

        void connected(int server, boolean success, long now) {
            if (connecting > 0) {
                connecting--;
                if (success) {
                    open.add(server);
                    pool.connected(server, now);
                } else {
                    pool.connectFailed(now);
                }
            }
        }

        void giveBack(long now) {
            if (!holders.isEmpty()) {
                Integer server = holders.values().iterator().next();
                holders.values().remove(server);
                pool.returned(server, NEVER, now);
            }
        }

        void lose(Random random, long now) {
            @Nullable Integer lost =
                    open.stream().skip(random.nextInt(open.size() + 1)).findFirst().orElse(null);
            if (lost != null) {
                open.remove(lost);
                holders.values().remove(lost);
                pool.lost(lost, now);
            }
        }
    }

    @Test
    void ofWhatIsBeyondALoweredBoundTheLongestUnusedEndsAtOnce() {
        var cap = new Cap(5);
        var first = new Shadow(5, 2, List.of(cap));
        var second = new Shadow(5, 0, List.of(cap));
        for (int i = 1; i <= 4; i++) {
            (i < 4 ? first : second).arrive(i, 0);
            (i < 4 ? first : second).connected(i, true, 0);
        }
        first.giveBack(SECOND);
        second.giveBack(2 * SECOND);
        first.giveBack(3 * SECOND);
        cap.change(2, 4 * SECOND);
        assertThat(first.open).containsExactlyInAnyOrder(2, 3);
        assertThat(second.open).isEmpty();
        cap.change(1, 4 * SECOND);
        assertThat(first.open).containsExactly(3);
        first.giveBack(5 * SECOND);
        assertThat(first.open).containsExactly(3);
        first.pool.tick(IDLE, 60 * SECOND);
        assertThat(first.connecting).isZero();
        assertThat(cap.used()).isOne();
    }

    @Test
    void unusedConnectionOfAnotherIsClosedForWhoWaits() {
        var cap = new Cap(1);
        var first = new Shadow(5, 0, List.of(cap));
        var second = new Shadow(5, 0, List.of(cap));
        first.arrive(1, 0);
        first.connected(1, true, 1);
        second.arrive(2, 2);
        assertThat(second.connecting).isZero();
        first.giveBack(3);
        assertThat(first.open).isEmpty();
        assertThat(second.connecting).isOne();
        second.connected(2, true, 4);
        assertThat(second.holders).containsEntry(2, 2);
        second.giveBack(5);
        first.arrive(3, 6);
        assertThat(second.open).isEmpty();
        assertThat(first.connecting).isOne();
    }

    @Test
    void minimumOfAPoolTakesNothingFromAnother() {
        var cap = new Cap(2);
        var first = new Shadow(5, 0, List.of(cap));
        first.arrive(1, 0);
        first.connected(1, true, 0);
        first.giveBack(0);
        var second = new Shadow(5, 5, List.of(cap));
        second.arrive(2, 1);
        assertThat(second.connecting).isOne();
        assertThat(first.open).containsExactly(1);
    }

    /// Without it, a busy pool would never let another have a connection.
    @Test
    void poolsThatAreAlwaysBusyTakeTurns() {
        var cap = new Cap(2);
        List<Shadow> pools = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            pools.add(new Shadow(2, 0, List.of(cap)));
        }
        int names = 0;
        for (long now = 0; now < 60 * SECOND; now += 10 * MILLISECOND) {
            for (Shadow shadow : pools) {
                while (shadow.queue.size() < 5) {
                    shadow.arrive(names++, now);
                }
                shadow.connected(names++, true, now);
                shadow.giveBack(now);
                shadow.pool.tick(IDLE, now);
                assertThat(shadow.pool.longestWaitNanos(now)).isLessThan(4 * SECOND);
            }
            assertThat(cap.used()).isLessThanOrEqualTo(2);
        }
        for (Shadow shadow : pools) {
            assertThat(shadow.served).isGreaterThan(1_000);
        }
    }

    /// What they gave up would be of no use to it.
    @Test
    void poolThatIsHeldUpByAnotherCapCostsOthersAConnectionATurnAtMost() {
        var ofUser = new Cap(2);
        var busy = new Shadow(2, 0, List.of(new Cap(0), ofUser));
        for (int client = 1; client <= 2; client++) {
            busy.arrive(client, 0);
            busy.connected(client, true, 0);
        }
        var ofDatabase = new Cap(3);
        var others = new Shadow(3, 0, List.of(ofDatabase, new Cap(0)));
        var heldUp = new Shadow(2, 0, List.of(ofDatabase, ofUser));
        int names = 10;
        int opened = 0;
        for (long now = 0; now < 60 * SECOND; now += 10 * MILLISECOND) {
            while (others.queue.size() < 5) {
                others.arrive(names++, now);
            }
            if (now == SECOND) {
                heldUp.arrive(names++, now);
            }
            opened += others.connecting;
            others.connected(names++, true, now);
            others.giveBack(now);
            heldUp.pool.tick(IDLE, now);
            others.pool.tick(IDLE, now);
        }
        assertThat(opened).isLessThan(70);
        assertThat(heldUp.connecting).isZero();
        busy.giveBack(60 * SECOND);
        others.giveBack(61 * SECOND);
        assertThat(heldUp.connecting).isOne();
    }

    @Test
    void lowerCapIsReachedAsConnectionsComeBack() {
        var cap = new Cap(0);
        var pool = new Shadow(3, 0, List.of(cap));
        for (int i = 1; i <= 3; i++) {
            pool.arrive(i, 0);
            pool.connected(i, true, 0);
        }
        cap.change(1, 1);
        pool.giveBack(2);
        pool.giveBack(2);
        assertThat(cap.used()).isOne();
        pool.giveBack(3);
        assertThat(pool.open).hasSize(1);
    }

    @Test
    void whateverHappensNoCapIsExceededAndEverybodyIsServed() {
        for (int seed = 0; seed < 500; seed++) {
            new Hustle(seed).run();
        }
    }

    /// Two databases and two users, each pool under two caps.
    private static final class Hustle {
        private final Random random;
        private final int[] most = new int[4];
        private final Cap[] caps = new Cap[4];
        private final List<Shadow> pools = new ArrayList<>();
        private int names;
        private long now;

        Hustle(int seed) {
            random = new Random(seed);
            for (int i = 0; i < 4; i++) {
                most[i] = random.nextInt(4);
                caps[i] = new Cap(most[i]);
            }
            for (int i = 0; i < 4; i++) {
                int size = 1 + random.nextInt(3);
                pools.add(
                        new Shadow(
                                size,
                                random.nextInt(size + 1),
                                List.of(caps[i / 2], caps[2 + i % 2])));
            }
        }

        void run() {
            for (int i = 0; i < 300; i++) {
                now += SECOND / 4;
                Shadow shadow = pools.get(random.nextInt(4));
                switch (random.nextInt(7)) {
                    case 0, 1 -> shadow.arrive(names++, now);
                    case 2, 3 -> shadow.connected(names++, random.nextInt(4) > 0, now);
                    case 4, 5 -> shadow.giveBack(now);
                    default -> shadow.lose(random, now);
                }
                shadow.pool.tick(IDLE, now);
                check();
            }
            for (int i = 0;
                    i < 10_000 && pools.stream().anyMatch(pool -> !pool.queue.isEmpty());
                    i++) {
                now += SECOND;
                for (Shadow shadow : pools) {
                    shadow.connected(names++, true, now);
                    shadow.giveBack(now);
                    shadow.pool.tick(IDLE, now);
                }
                check();
            }
            assertThat(pools).allMatch(pool -> pool.queue.isEmpty());
        }

        private void check() {
            int[] used = new int[4];
            for (int i = 0; i < 4; i++) {
                Shadow shadow = pools.get(i);
                int size = shadow.open.size() + shadow.connecting;
                assertThat(shadow.pool.size()).isEqualTo(size);
                used[i / 2] += size;
                used[2 + i % 2] += size;
            }
            for (int i = 0; i < 4; i++) {
                assertThat(caps[i].used()).isEqualTo(used[i]);
                assertThat(most[i] == 0 || used[i] <= most[i]).isTrue();
            }
        }
    }
}
