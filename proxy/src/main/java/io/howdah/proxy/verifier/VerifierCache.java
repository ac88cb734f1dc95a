package io.howdah.proxy.verifier;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What was found out a moment ago. The oldest is forgotten when there is too much. Times are
/// nanoseconds on any one clock. Pure; for one thread.
///
/// @param <K> by what a role is known
public final class VerifierCache<K> {

    private record Remembered(Knowledge knowledge, long sinceNanos) {}

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
        if (entry == null || now - entry.sinceNanos() >= boundNanos) {
            entries.remove(role);
            return Optional.empty();
        }
        return Optional.of(entry.knowledge());
    }

    /// Remembers an answer.
    ///
    /// @param now when it was asked for
    public void put(K role, Knowledge knowledge, long now) {
        entries.remove(role);
        entries.put(role, new Remembered(knowledge, now));
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
