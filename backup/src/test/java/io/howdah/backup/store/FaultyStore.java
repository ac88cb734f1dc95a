package io.howdah.backup.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A store that fails as real ones do, by the numbers of a seed: it does not answer, before or
/// after it has done what was asked; it is slow; it does a thing twice; it confirms what it does
/// not keep, or keeps in half.
public final class FaultyStore implements ObjectStore {

    private static final long SLOW_MILLIS = 30;

    private final ObjectStore store;
    private final Random random;
    private volatile double rate;
    private volatile boolean lies;
    private volatile boolean silent;
    private volatile Predicate<ObjectName> cut = _ -> false;

    /// @param rate how many calls go wrong, 0 to 1
    public FaultyStore(ObjectStore store, long seed, double rate) {
        this.store = store;
        this.random = new Random(seed);
        this.rate = rate;
    }

    /// From now on everything goes right.
    public void heal() {
        rate = 0;
        lies = false;
        silent = false;
        cut = _ -> false;
    }

    /// From now on nothing is answered.
    public void fallSilent() {
        silent = true;
    }

    /// From now on pieces and segments are sometimes confirmed and not kept.
    public void lie() {
        lies = true;
    }

    /// From now on it confirms some objects and keeps half of each.
    public void cut(Predicate<ObjectName> names) {
        cut = names;
    }

    @Override
    public PutOutcome put(ObjectName name, Content content, PutMode mode) {
        Fault fault = fault();
        before(fault, "put " + name);
        if (lies && name.text().endsWith(".zst") && random() < 0.3) {
            return PutOutcome.STORED;
        }
        if (cut.test(name)) {
            return store.put(name, half(content), mode);
        }
        PutOutcome outcome = store.put(name, content, mode);
        if (fault == Fault.TWICE) {
            outcome = store.put(name, content, mode);
        }
        after(fault, "put " + name);
        return outcome;
    }

    @Override
    public InputStream get(ObjectName name) {
        before(fault(), "get " + name);
        return store.get(name);
    }

    @Override
    public byte[] get(ObjectName name, long offset, int length) {
        before(fault(), "get " + name);
        return store.get(name, offset, length);
    }

    @Override
    public List<StoredObject> list(String prefix, @Nullable ObjectName after) {
        before(fault(), "list " + prefix);
        return store.list(prefix, after);
    }

    @Override
    public void delete(ObjectName name) {
        Fault fault = fault();
        before(fault, "delete " + name);
        store.delete(name);
        after(fault, "delete " + name);
    }

    private enum Fault {
        NONE,
        REFUSED,
        UNCONFIRMED,
        SLOW,
        TWICE
    }

    private static Content half(Content content) {
        try (InputStream all = content.open()) {
            return Content.of(all.readNBytes((int) (content.size() / 2)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized double random() {
        return random.nextDouble();
    }

    private synchronized Fault fault() {
        if (silent) {
            return Fault.REFUSED;
        }
        return random.nextDouble() < rate
                ? Fault.values()[1 + random.nextInt(Fault.values().length - 1)]
                : Fault.NONE;
    }

    private static void before(Fault fault, String what) {
        if (fault == Fault.REFUSED) {
            throw new StoreUnavailableException("503: cannot " + what, "try again", null);
        }
        if (fault == Fault.SLOW) {
            try {
                Thread.sleep(SLOW_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreUnavailableException("interrupted", "try again", e);
            }
        }
    }

    private static void after(Fault fault, String what) {
        if (fault == Fault.UNCONFIRMED) {
            throw new StoreUnavailableException("no answer to " + what, "try again", null);
        }
    }

    @Override
    public String toString() {
        return "a faulty " + store;
    }
}
