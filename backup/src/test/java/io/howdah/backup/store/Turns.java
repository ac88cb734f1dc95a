package io.howdah.backup.store;

import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Several processes that work in one store at once, one call at a time, in an order that a seed
/// chooses. Some are held up for long, some are killed, before a call has done its work or after.
/// Whatever happens happens again with the same seed.
public final class Turns {

    /// The process is gone: it does nothing any more.
    public static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }

    /// What a process does with its store.
    @FunctionalInterface
    public interface Work {
        /// Does it.
        void run(ObjectStore store);
    }

    private final class Worker implements ObjectStore {
        private final Thread thread;
        private final ObjectStore store;
        private boolean waiting; // guarded by Turns.this
        private boolean turn; // guarded by Turns.this
        private boolean over; // guarded by Turns.this
        private boolean dead;
        private int heldUp;
        private @Nullable Throwable failure;

        Worker(ObjectStore store, Work work) {
            this.store = store;
            this.thread = Thread.ofVirtual().unstarted(() -> run(work));
        }

        private void run(Work work) {
            try {
                work.run(this);
            } catch (Killed e) {
                return;
            } catch (Throwable e) {
                failure = e;
            } finally {
                synchronized (Turns.this) {
                    over = true;
                    Turns.this.notifyAll();
                }
            }
        }

        private void before() {
            synchronized (Turns.this) {
                waiting = true;
                Turns.this.notifyAll();
                awaitUntil(() -> turn);
                turn = false;
                waiting = false;
            }
            dieWith(killRate / 2);
        }

        private void dieWith(double probability) {
            if (dead || random.nextDouble() < probability) {
                dead = true;
                throw new Killed();
            }
        }

        private void after(ObjectName name) {
            check.accept(name);
            dieWith(killRate / 2);
        }

        @Override
        public PutOutcome put(ObjectName name, Content content, PutMode mode) {
            before();
            PutOutcome outcome = store.put(name, content, mode);
            after(name);
            return outcome;
        }

        @Override
        public InputStream get(ObjectName name) {
            before();
            return store.get(name);
        }

        @Override
        public byte[] get(ObjectName name, long offset, int length) {
            before();
            return store.get(name, offset, length);
        }

        @Override
        public List<StoredObject> list(String prefix, @Nullable ObjectName after) {
            before();
            return store.list(prefix, after);
        }

        @Override
        public void delete(ObjectName name) {
            before();
            store.delete(name);
            after(name);
        }

        @Override
        public String toString() {
            return store.toString();
        }
    }

    private final MemoryStore store;
    private final Random random;
    private final double killRate;
    private final Consumer<ObjectName> check;
    private final List<Worker> processes = new ArrayList<>();

    /// @param killRate how many calls end their process, 0 to 1
    /// @param check hears of each object that was put or deleted
    public Turns(MemoryStore store, long seed, double killRate, Consumer<ObjectName> check) {
        this.store = store;
        this.random = new Random(seed);
        this.killRate = killRate;
        this.check = check;
    }

    /// Adds a process.
    public void add(Work work) {
        processes.add(new Worker(store, work));
    }

    /// Runs them all to their ends; what went wrong in one of them goes wrong here.
    public void run() {
        processes.forEach(each -> each.thread.start());
        List<Worker> ready = ready();
        while (!ready.isEmpty()) {
            store.pass(Duration.ofSeconds(random.nextInt(40)));
            Worker next = ready.get(random.nextInt(ready.size()));
            if (next.heldUp > 0) {
                next.heldUp--;
                store.pass(Duration.ofMinutes(random.nextInt(10)));
            } else if (random.nextInt(100) == 0) {
                next.heldUp = random.nextInt(300);
            } else {
                give(next);
            }
            ready = ready();
        }
        for (Worker each : processes) {
            if (each.failure != null) {
                throw new AssertionError(each.failure);
            }
        }
    }

    private synchronized void give(Worker process) {
        process.turn = true;
        process.waiting = false;
        notifyAll();
    }

    /// Those that wait for their turn, when nobody does anything else.
    private synchronized List<Worker> ready() {
        awaitUntil(() -> processes.stream().allMatch(each -> each.over || each.waiting));
        return processes.stream().filter(each -> !each.over).toList();
    }

    private synchronized void awaitUntil(BooleanSupplier condition) {
        try {
            while (!condition.getAsBoolean()) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
