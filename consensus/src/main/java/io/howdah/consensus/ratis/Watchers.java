package io.howdah.consensus.ratis;

import io.howdah.consensus.Subscription;
import io.howdah.consensus.Versioned;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Those who want to hear of every change. Each has a virtual thread and a place for one document,
/// the latest: so nobody is ever waited for. Thread-safe.
final class Watchers<S> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Watchers.class);

    private final String nodeName;
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    Watchers(String nodeName) {
        this.nodeName = nodeName;
    }

    Subscription add(Consumer<Versioned<S>> listener, Versioned<S> now) {
        Watcher watcher = new Watcher(listener, now);
        watchers.add(watcher);
        watcher.thread.start();
        if (closed) {
            watcher.close();
        }
        return watcher;
    }

    void publish(Versioned<S> latest) {
        for (Watcher watcher : watchers) {
            watcher.offer(latest);
        }
    }

    @Override
    public void close() {
        closed = true;
        watchers.forEach(Watcher::close);
    }

    private final class Watcher implements Subscription {

        private final Consumer<Versioned<S>> listener;
        private final Thread thread;
        private volatile Versioned<S> latest;
        private volatile boolean ended;

        Watcher(Consumer<Versioned<S>> listener, Versioned<S> now) {
            this.listener = listener;
            this.latest = now;
            this.thread =
                    Thread.ofVirtual().name("howdah-store-watch-" + nodeName).unstarted(this::run);
        }

        void offer(Versioned<S> newer) {
            synchronized (this) {
                if (newer.index() > latest.index()) {
                    latest = newer;
                }
            }
            LockSupport.unpark(thread);
        }

        private void run() {
            @Nullable Versioned<S> told = null;
            while (!ended) {
                Versioned<S> next = latest;
                if (told != null && told.index() == next.index()) {
                    LockSupport.park(this);
                    continue;
                }
                told = next;
                try {
                    listener.accept(next);
                } catch (RuntimeException e) {
                    LOG.error("a listener failed at log position {}", next.index(), e);
                }
            }
        }

        @Override
        public void close() {
            ended = true;
            watchers.remove(this);
            LockSupport.unpark(thread);
        }
    }
}
