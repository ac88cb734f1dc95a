package io.howdah.proxy.session;

import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorChooserFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// Deals clients out to the event loops: each goes to the one that has the fewest. (In turns, those
/// that stay would sooner or later sit together.)
final class Dealer implements EventExecutorChooserFactory {

    private Map<EventExecutor, AtomicInteger> counts = Map.of();

    @Override
    public EventExecutorChooser newChooser(EventExecutor[] loops) {
        Map<EventExecutor, AtomicInteger> none = new HashMap<>();
        for (EventExecutor loop : loops) {
            none.put(loop, new AtomicInteger());
        }
        counts = none;
        return () -> next(loops);
    }

    private EventExecutor next(EventExecutor[] loops) {
        EventExecutor fewest = loops[0];
        for (EventExecutor loop : loops) {
            if (count(loop).get() < count(fewest).get()) {
                fewest = loop;
            }
        }
        count(fewest).incrementAndGet();
        return fewest;
    }

    private AtomicInteger count(EventExecutor loop) {
        AtomicInteger count = counts.get(loop);
        if (count == null) {
            throw new IllegalStateException("a loop of somebody else's: " + loop);
        }
        return count;
    }

    /// How many were dealt out, and have not left yet.
    int clients() {
        return counts.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    /// A client has come to the loop that it was dealt to.
    void arrived(Channel client) {
        AtomicInteger count = count(client.eventLoop());
        client.closeFuture().addListener(_ -> count.decrementAndGet());
    }
}
