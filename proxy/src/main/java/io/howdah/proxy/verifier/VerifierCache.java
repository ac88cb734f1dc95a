package io.howdah.proxy.verifier;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What was found out a moment ago. The oldest is forgotten when there is too much. What a proof
/// did not fit is asked for anew, as the password may have been changed; but of a role whose
/// password is being guessed no more than ten times a second ([#ENOUGH]), whatever else the cache
/// would save. Times are nanoseconds on any one clock. Pure; for one thread.
///
/// @param <K> by what a role is known
public final class VerifierCache<K> {

    /// For so long an answer is believed that was asked for because the one before was doubted.
    static final Duration ENOUGH = Duration.ofMillis(100);

    /// @param knowledge null where it was doubted and is to be asked for
    /// @param sinceNanos when it was asked for, or doubted
    /// @param again whether it was asked for because the one before was doubted
    private record Remembered(@Nullable Knowledge knowledge, long sinceNanos, boolean again) {}

    private final Map<K, Remembered> entries;
    private final long boundNanos;

    /// @param most entries
    /// @param age for how long one is believed
    public VerifierCache(int most, Duration age) {
        this.boundNanos = age.toNanos();
        this.entries =
                new LinkedHashMap<>() {
                    @Override
                    protected boolean removeEldestEntry(Map.Entry<K, Remembered> eldest) {
                        return size() > most;
                    }
                };
    }

    /// What is still believed.
    public Optional<Knowledge> get(K role, long now) {
        Remembered entry = entries.get(role);
        if (entry == null || entry.knowledge() == null) {
            return Optional.empty();
        }
        if (now - entry.sinceNanos() >= boundNanos) {
            entries.remove(role);
            return Optional.empty();
        }
        return Optional.of(entry.knowledge());
    }

    /// Remembers an answer, unless the role was doubted after it was asked for.
    ///
    /// @param now when it was asked for
    public void put(K role, Knowledge knowledge, long now) {
        Remembered before = entries.remove(role);
        if (before == null || before.knowledge() != null) {
            entries.put(role, new Remembered(knowledge, now, false));
        } else {
            boolean outdated = now < before.sinceNanos();
            entries.put(role, outdated ? before : new Remembered(knowledge, now, true));
        }
    }

    /// A proof did not fit.
    public void doubt(K role, long now) {
        Remembered entry = entries.get(role);
        if (entry == null
                || entry.knowledge() == null
                || (entry.again() && now - entry.sinceNanos() < ENOUGH.toNanos())) {
            return;
        }
        entries.put(role, new Remembered(null, now, false));
    }

    /// It has turned out to be wrong.
    public void forget(K role) {
        entries.remove(role);
    }

    /// How many entries there are.
    public int size() {
        return entries.size();
    }
}
