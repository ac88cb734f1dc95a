package io.howdah.proxy.pool;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Clients in the order in which they came, and for how long each has waited. For one thread.
///
/// @param <C> a client
final class WaitingLine<C> {

    private record Since(long nanos, boolean told) {}

    private final LinkedHashMap<C, Since> clients = new LinkedHashMap<>();

    void add(C client, long now) {
        clients.put(client, new Since(now, false));
    }

    void remove(C client) {
        clients.remove(client);
    }

    /// Takes the first one out; null when nobody waits.
    @Nullable C poll() {
        Map.Entry<C, Since> first = clients.pollFirstEntry();
        return first == null ? null : first.getKey();
    }

    boolean isEmpty() {
        return clients.isEmpty();
    }

    int size() {
        return clients.size();
    }

    /// For how long the first one has waited; less than zero when nobody waits.
    long longestNanos(long now) {
        return clients.isEmpty() ? -1 : now - clients.firstEntry().getValue().nanos();
    }

    /// When the first one came.
    long firstNanos(long whenNobodyWaits) {
        return clients.isEmpty() ? whenNobodyWaits : clients.firstEntry().getValue().nanos();
    }

    /// Takes out who has waited for so long.
    void expire(Duration bound, long now, Consumer<C> giveUp) {
        while (!clients.isEmpty() && Ages.isOver(longestNanos(now), bound)) {
            giveUp.accept(clients.pollFirstEntry().getKey());
        }
    }

    /// Calls once for each that has waited for so long.
    void tell(Duration bound, long now, Consumer<C> tell) {
        for (Map.Entry<C, Since> entry : clients.entrySet()) {
            Since since = entry.getValue();
            if (!Ages.isOver(now - since.nanos(), bound)) {
                return;
            }
            if (!since.told()) {
                entry.setValue(new Since(since.nanos(), true));
                tell.accept(entry.getKey());
            }
        }
    }
}
