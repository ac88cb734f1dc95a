package io.howdah.backup.crew;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CrewTest {

    private static final class Tool implements AutoCloseable {
        private final AtomicInteger users = new AtomicInteger();
        private boolean closed;

        @Override
        public void close() {
            closed = true;
        }
    }

    private final List<Tool> tools = new ArrayList<>();

    private Crew<Tool> crew(int size) {
        return new Crew<>(
                "crew",
                size,
                () -> {
                    tools.add(new Tool());
                    return tools.getLast();
                });
    }

    @Test
    void everythingIsDoneEachWithAToolOfItsOwn() {
        try (Crew<Tool> crew = crew(4)) {
            var results = new ArrayList<Future<Integer>>();
            for (int i = 0; i < 1_000; i++) {
                int number = i;
                results.add(
                        crew.submitAt(
                                i / 100,
                                tool -> {
                                    assertThat(tool.users.incrementAndGet()).isEqualTo(1);
                                    tool.users.decrementAndGet();
                                    return number;
                                }));
            }
            for (int i = 0; i < 1_000; i++) {
                assertThat(Crew.await(results.get(i))).isEqualTo(i);
            }
        }
        assertThat(tools).hasSize(4).allMatch(tool -> tool.closed);
    }

    @Test
    void whatIsToBeDoneElsewhereGoesBeforeAPlaceWhereSomebodyWorks() throws Exception {
        var order = new ConcurrentLinkedQueue<String>();
        var first = new CountDownLatch(1);
        var held = new CountDownLatch(1);
        try (Crew<Tool> crew = crew(2)) {
            Future<Boolean> begun =
                    crew.submitAt(
                            "a",
                            _ -> {
                                first.countDown();
                                return await(held) && order.add("a1");
                            });
            first.await();
            var rest = new ArrayList<Future<Boolean>>();
            // the other thread is held until all of it waits
            var all = new CountDownLatch(1);
            rest.add(crew.submitAt("c", _ -> await(all)));
            rest.add(crew.submitAt("a", _ -> order.add("a2")));
            rest.add(crew.submitAt("b", _ -> order.add("b1")));
            rest.add(crew.submitAt("b", _ -> order.add("b2")));
            all.countDown();
            rest.forEach(Crew::await);
            held.countDown();
            Crew.await(begun);
            assertThat(order).as("nothing else is left, so a2 is done").hasSize(4);
            assertThat(order).containsExactly("b1", "b2", "a2", "a1");
        }
    }

    private static boolean await(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
