package io.howdah.consensus.ratis;

import io.howdah.consensus.DocumentType;
import io.howdah.consensus.Introduction;
import io.howdah.consensus.Introductions;
import io.howdah.consensus.LogProgress;
import io.howdah.consensus.Outcome;
import io.howdah.consensus.Peer;
import io.howdah.consensus.Store;
import io.howdah.consensus.StoreException;
import io.howdah.consensus.StoreSettings;
import io.howdah.consensus.StoreUnavailableException;
import io.howdah.consensus.Subscription;
import io.howdah.consensus.Versioned;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A [RatisStore] that is opened again when its disk has failed it. Ratis closes its part of the
/// group at the first write that fails (a full volume, one that was made read-only): nothing is
/// promised that is not on the disk. From then on this node says so, and looks whether the
/// directory takes writes again; when it does, the store goes on where it stopped.
///
/// What was seen never goes back: a store that was opened anew reads its log again first.
public final class MendingStore<S, C> implements Store<S, C> {

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(MendingStore.class);

    private final StoreSettings settings;
    private final DocumentType<S, C> type;
    private final Introductions introductions;
    private final Watchers<S> watchers;
    private final CompletableFuture<Void> formed = new CompletableFuture<>();
    private final Thread thread;
    private volatile RatisStore<S, C> current;
    private volatile Versioned<S> seen;
    private volatile @Nullable String complaint;
    private volatile boolean closed;

    private MendingStore(
            StoreSettings settings,
            DocumentType<S, C> type,
            Introductions introductions,
            RatisStore<S, C> first) {
        this.settings = settings;
        this.type = type;
        this.introductions = introductions;
        this.watchers = new Watchers<>(settings.nodeName());
        this.current = first;
        this.seen = first.seen();
        this.thread =
                Thread.ofVirtual()
                        .name("howdah-store-mending-" + settings.nodeName())
                        .unstarted(this::mend);
    }

    /// Opens this node's part of the store, as [RatisStore#open] does.
    ///
    /// @throws StoreException if the directory is in use, another cluster's or cannot be written,
    ///   or the port is taken
    public static <S, C> Store<S, C> open(
            StoreSettings settings, DocumentType<S, C> type, Introductions introductions) {
        RatisStore<S, C> first = RatisStore.opened(settings, type, introductions);
        MendingStore<S, C> store = new MendingStore<>(settings, type, introductions, first);
        store.attach(first);
        store.thread.start();
        return store;
    }

    private void attach(RatisStore<S, C> opened) {
        var _ = opened.watch(this::saw);
        var _ = opened.formed().thenRun(() -> formed.complete(null));
    }

    private synchronized void saw(Versioned<S> state) {
        if (state.index() > seen.index()) {
            seen = state;
            watchers.publish(state);
        }
    }

    private void mend() {
        try {
            while (!closed) {
                Thread.sleep(LOOK);
                String failure = current.failure();
                if (failure != null) {
                    reopen(failure);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("closed");
        }
    }

    private void reopen(String failure) throws InterruptedException {
        complain(failure + "; " + DiskSpace.of(settings.directory()));
        current.closeAbruptly();
        while (!closed) {
            String wrong = DiskSpace.complaint(settings.directory());
            if (wrong == null) {
                wrong = tryToOpen();
            }
            if (wrong == null) {
                LOG.info("the log can be written again");
                complaint = null;
                return;
            }
            complain(wrong);
            Thread.sleep(LOOK);
        }
    }

    private @Nullable String tryToOpen() {
        try {
            RatisStore<S, C> opened = RatisStore.opened(settings, type, introductions);
            synchronized (this) {
                current = opened;
            }
            if (closed) {
                opened.close();
            } else {
                attach(opened);
            }
            return null;
        } catch (RuntimeException e) {
            // whatever it is, it is tried again
            return String.valueOf(e.getMessage());
        }
    }

    /// The free bytes change all the time: the log gets one line.
    private void complain(String news) {
        if (complaint == null) {
            LOG.error("{}", news);
        }
        complaint = news;
    }

    private <T> @Nullable CompletableFuture<T> unavailable() {
        String wrong = complaint;
        return wrong == null
                ? null
                : CompletableFuture.failedFuture(
                        new StoreUnavailableException(
                                wrong.lines().findFirst().orElse(wrong),
                                "free space in "
                                        + settings.directory()
                                        + ", or see that it can be written."));
    }

    @Override
    public CompletableFuture<Outcome<S>> submit(C command) {
        CompletableFuture<Outcome<S>> failed = unavailable();
        return failed == null ? current.submit(command) : failed;
    }

    @Override
    public CompletableFuture<Versioned<S>> read() {
        CompletableFuture<Versioned<S>> failed = unavailable();
        return failed == null ? current.read() : failed;
    }

    @Override
    public Versioned<S> seen() {
        Versioned<S> now = current.seen();
        Versioned<S> before = seen;
        return now.index() >= before.index() ? now : before;
    }

    @Override
    public LogProgress progress() {
        return current.progress();
    }

    @Override
    public Subscription watch(Consumer<Versioned<S>> listener) {
        return watchers.add(listener, seen());
    }

    @Override
    public List<Peer> peers() {
        return current.peers();
    }

    @Override
    public Optional<Peer> leader() {
        return complaint == null ? current.leader() : Optional.empty();
    }

    @Override
    public CompletableFuture<Void> addPeer(Peer peer) {
        CompletableFuture<Void> failed = unavailable();
        return failed == null ? current.addPeer(peer) : failed;
    }

    @Override
    public CompletableFuture<Void> removePeer(String nodeName) {
        CompletableFuture<Void> failed = unavailable();
        return failed == null ? current.removePeer(nodeName) : failed;
    }

    @Override
    public Introduction introduction() {
        return current.introduction();
    }

    @Override
    public CompletableFuture<Void> formed() {
        return formed.copy();
    }

    @Override
    public String status() {
        String wrong = complaint;
        return wrong == null || closed ? current.status() : wrong;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        watchers.close();
        current.close();
        formed.completeExceptionally(
                new StoreUnavailableException("the store is closed", "start the node again."));
    }
}
