package io.howdah.proxy.pool;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The open connections of a pool: those that are taken, and those that lie unused. For one thread.
///
/// @param <S> a server connection
final class Stock<S> {

    private record Unused<S>(S server, long bornNanos, long sinceNanos) {}

    private final ArrayDeque<Unused<S>> unused = new ArrayDeque<>();
    private final Map<S, Long> taken = new LinkedHashMap<>();
    private final Set<S> outdated = new HashSet<>();

    /// A new one, which is taken at first.
    void add(S server, long now) {
        taken.put(server, now);
    }

    /// Takes the one used last; null when all are taken.
    @Nullable S take() {
        Unused<S> last = unused.pollLast();
        if (last == null) {
            return null;
        }
        taken.put(last.server(), last.bornNanos());
        return last.server();
    }

    /// Nobody uses it any more.
    void layDown(S server, long now) {
        Long born = taken.remove(server);
        unused.addLast(new Unused<>(server, born == null ? now : born, now));
    }

    /// Forgets one.
    ///
    /// @return whether it was there
    boolean remove(S server) {
        outdated.remove(server);
        return taken.remove(server) != null
                || unused.removeIf(entry -> entry.server().equals(server));
    }

    /// Whether a taken one is not to be used again.
    boolean isSpent(S server, Duration lifetime, long now) {
        Long born = taken.get(server);
        return outdated.contains(server) || (born != null && Ages.isOver(now - born, lifetime));
    }

    /// Takes out those that have lain unused for longest, at most so many.
    List<S> removeOldest(int most) {
        List<S> removed = new ArrayList<>();
        while (removed.size() < most && !unused.isEmpty()) {
            removed.add(unused.removeFirst().server());
        }
        return removed;
    }

    /// Takes out what has grown too old.
    ///
    /// @param spare so many may go because nobody used them
    List<S> removeOld(Duration lifetime, Duration idle, int spare, long now) {
        List<S> removed = new ArrayList<>();
        Iterator<Unused<S>> oldest = unused.iterator();
        while (oldest.hasNext()) {
            Unused<S> entry = oldest.next();
            if (Ages.isOver(now - entry.bornNanos(), lifetime)
                    || (removed.size() < spare && Ages.isOver(now - entry.sinceNanos(), idle))) {
                oldest.remove();
                removed.add(entry.server());
            }
        }
        return removed;
    }

    /// None of these is to be used again.
    ///
    /// @return those that were unused, taken out
    List<S> outdate() {
        outdated.addAll(taken.keySet());
        List<S> removed = unused.stream().map(Unused::server).toList();
        unused.clear();
        return removed;
    }

    int size() {
        return taken.size() + unused.size();
    }

    int unused() {
        return unused.size();
    }

    /// Since when one has lain unused.
    long oldestUnusedNanos(long whenAllAreTaken) {
        return unused.isEmpty() ? whenAllAreTaken : unused.getFirst().sinceNanos();
    }

    /// For how long the one used last has lain unused; less than zero when all are taken.
    long lastUnusedNanos(long now) {
        return unused.isEmpty() ? -1 : now - unused.getLast().sinceNanos();
    }

    /// For how long one has lain unused; less than zero when all are taken.
    long longestUnusedNanos(long now) {
        return unused.isEmpty() ? -1 : now - unused.getFirst().sinceNanos();
    }
}
