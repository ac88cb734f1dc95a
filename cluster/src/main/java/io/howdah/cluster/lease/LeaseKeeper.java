package io.howdah.cluster.lease;

import io.howdah.cluster.deadman.DeadMansSwitch;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Vote;
import io.howdah.consensus.Outcome;
import io.howdah.consensus.Store;
import io.howdah.postgres.Lsn;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Holds the lease for this node: claims it, renews it on a thread of its own, and fences
/// PostgreSQL when the confirmations stop. Nothing slow runs on that thread but the fence itself.
/// Thread-safe.
public final class LeaseKeeper implements AutoCloseable {

    /// What ends PostgreSQL at once, all its processes; called on the lease's thread when the lease
    /// cannot be counted on any more.
    @FunctionalInterface
    public interface Fence {
        /// Ends PostgreSQL.
        ///
        /// @param epoch the epoch that is over
        /// @param why for the log
        void fence(Epoch epoch, String why);
    }

    /// Renewals under way at once: more would pile up behind a store that does not answer.
    private static final int RENEWALS_IN_FLIGHT = 4;

    /// How soon the end of a pause is noticed.
    private static final long RECHECK_NANOS = 50_000_000;

    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Duration FENCE_AGAIN = Duration.ofMillis(100);
    private static final Duration FURLOUGH_POLL = Duration.ofMillis(5);
    private static final Duration END_DEADLINE = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);

    private final NodeName self;
    private final Store<ClusterState, Command> store;
    private final LeaseTerms terms;
    private final BootClock clock;
    private final Fence fence;
    private final Seen seen;
    private final DeadMansSwitch deadMan;
    private final Thread thread;
    private final Semaphore changes = new Semaphore(0);
    private final AtomicInteger renewalsInFlight = new AtomicInteger();
    private final RenewalTimes times = new RenewalTimes();
    private @Nullable HeldLease held; // guarded by this
    private @Nullable Lost lost; // guarded by this
    private boolean closed; // guarded by this
    private boolean resting; // guarded by this: renews no more
    private boolean toldPaused; // guarded by this: whether the switch knows of a pause

    /// An epoch that this node may no longer act in, and whose PostgreSQL has to end.
    private record Lost(Epoch epoch, String why) {}

    /// What a node has heard of pauses, all at one moment.
    ///
    /// @param paused whether the cluster is paused while this node holds its epoch: then the lease
    ///   does not expire, and PostgreSQL is not ended when confirmations stop
    /// @param resumes how often the cluster was resumed
    public record Pauses(boolean paused, long resumes) {}

    /// What the keeper asks of the agent beside it. Each must answer at once.
    public interface Seen {

        /// Asked before each renewal: no, and the lease runs out, so that others may lead.
        boolean isWorthRenewing();

        /// What is seen here of pauses.
        ///
        /// @param held an epoch that this node holds
        Pauses pauses(Epoch held);

        /// How often the lease was renewed, as seen here.
        ///
        /// @param held an epoch that this node holds
        long renewals(Epoch held);

        /// How far PostgreSQL had written when it was looked at last; null when it was not.
        @Nullable Lsn flushed();
    }

    public LeaseKeeper(
            NodeName self,
            Store<ClusterState, Command> store,
            LeaseTerms terms,
            BootClock clock,
            Fence fence,
            Seen seen,
            DeadMansSwitch deadMan) {
        this.self = self;
        this.store = store;
        this.terms = terms;
        this.clock = clock;
        this.fence = fence;
        this.seen = seen;
        this.deadMan = deadMan;
        this.thread = clock.thread("lease", true, this::keep);
    }

    /// Starts the renewing thread.
    public void start() {
        thread.start();
    }

    /// The epoch in which this node may act as primary at this moment. In a pause the lease does
    /// not run out: nobody else can be offered it.
    public synchronized Optional<Epoch> heldEpoch() {
        HeldLease now = held;
        return now != null && (now.isValidAt(clock.nanos()) || isPaused(now))
                ? Optional.of(now.epoch())
                : Optional.empty();
    }

    /// How long this node may go on as primary if nothing is confirmed any more; 0 when it does not
    /// hold the lease.
    public synchronized long remainingNanos() {
        HeldLease now = held;
        return now == null ? 0 : Math.max(0, now.fenceAtNanos() - clock.nanos());
    }

    /// What the renewals took so far.
    public RenewalTimes.Figures renewals() {
        return times.figures();
    }

    /// What came of asking for the lease.
    ///
    /// @param held whether it was confirmed in time to count
    /// @param index the log position of the answer
    public record Taken(boolean held, long index) {}

    /// Claims an offer.
    public CompletableFuture<Taken> claim(Epoch epoch, @Nullable Vote vote) {
        return take(epoch, new Command.Claim(self, epoch, vote, terms.lease().toMillis()));
    }

    /// Goes on with a lease that this node held before its agent was restarted. What that one was
    /// granted for the restart ends with the renewal, whether or not this node ever hears that it
    /// was applied: so from when it is sent PostgreSQL has no more than the usual time.
    public CompletableFuture<Taken> takeOver(Epoch epoch) {
        Pauses pauses = seen.pauses(epoch);
        synchronized (this) {
            if (!pauses.paused()) {
                long usual = clock.nanos() + terms.fenceAfterNanos();
                deadMan.limit(held == null ? usual : Math.min(usual, held.fenceAtNanos()));
            }
        }
        return take(
                epoch,
                new Command.Renew(
                        self,
                        epoch,
                        clock.wallMillis(),
                        null,
                        pauses.resumes(),
                        seen.renewals(epoch),
                        terms.lease().toMillis()));
    }

    private CompletableFuture<Taken> take(Epoch epoch, Command command) {
        long sentNanos = clock.nanos();
        return store.submit(command)
                .thenApply(outcome -> {
                    if (outcome.refusal() != null) {
                        LOG.info("epoch {} was not taken: {}", epoch, outcome.refusal());
                        return new Taken(false, outcome.result().index());
                    }
                    HeldLease taken = new HeldLease(epoch, sentNanos, terms);
                    if (!taken.isValidAt(clock.nanos())) {
                        return new Taken(false, outcome.result().index());
                    }
                    synchronized (this) {
                        held = taken;
                        tell(taken);
                        changes.release();
                    }
                    return new Taken(true, outcome.result().index());
                });
    }

    /// Has the lease stand for longer than usual, so that the agent can be restarted while
    /// PostgreSQL goes on, and renews no more. Waits for the renewals that are under way, as one
    /// that is applied afterwards would end the grace; all bounded by the store's own bound.
    ///
    /// @return until when, on the boot clock, PostgreSQL may go on as primary without an agent;
    ///   empty when this was not agreed: the lease is then as it was
    public OptionalLong furlough(Duration grace) throws InterruptedException {
        HeldLease now;
        synchronized (this) {
            now = held;
            resting = true;
        }
        if (now == null) {
            return OptionalLong.empty();
        }
        while (renewalsInFlight.get() > 0) {
            clock.pause(FURLOUGH_POLL);
        }
        synchronized (this) {
            now = held;
        }
        if (now == null) {
            return OptionalLong.empty(); // it has run out meanwhile
        }
        long heard = heardResumes(now);
        long sentNanos = clock.nanos();
        try {
            Outcome<ClusterState> outcome =
                    store.submit(
                                    new Command.Furlough(
                                            self,
                                            now.epoch(),
                                            grace.toMillis(),
                                            clock.wallMillis(),
                                            heard))
                            .join();
            if (outcome.refusal() == null) {
                long untilNanos = sentNanos + terms.fenceAfterNanos(grace);
                synchronized (this) {
                    held = null;
                    if (isPaused(now)) {
                        deadMan.disarm();
                    } else {
                        deadMan.arm(untilNanos);
                    }
                }
                return OptionalLong.of(untilNanos);
            }
            LOG.warn("no grace for a restart: {}", outcome.refusal());
        } catch (CompletionException e) {
            LOG.warn("no grace for a restart: {}", e.getMessage());
        }
        return OptionalLong.empty();
    }

    /// Stops counting on the lease, without a fence: PostgreSQL has ended, and the lease is given
    /// back or handed over.
    public synchronized void drop() {
        held = null;
        deadMan.disarm();
    }

    /// Nothing that runs here may accept writes, seen while the lease is not held: so there is
    /// nothing that the dead man's switch would have to end, whatever an agent before this one told
    /// it. Called before PostgreSQL is started as a standby.
    public synchronized void standDown() {
        HeldLease now = held;
        if (now == null || !now.isValidAt(clock.nanos())) {
            deadMan.disarm();
        }
    }

    /// The switch knows how long this node may lead. In a pause nobody else can lead, so nothing is
    /// ended then.
    private synchronized void tell(HeldLease now) {
        toldPaused = isPaused(now);
        if (toldPaused) {
            deadMan.disarm();
        } else {
            deadMan.arm(now.fenceAtNanos());
        }
    }

    private boolean isPaused(HeldLease now) {
        return seen.pauses(now.epoch()).paused();
    }

    /// How often the cluster was resumed, as far as this node has heard: it may say so, because its
    /// switch is bound to the lease again before it does.
    private synchronized long heardResumes(HeldLease now) {
        Pauses pauses = seen.pauses(now.epoch());
        if (!pauses.paused() && toldPaused) {
            tell(now);
        }
        return pauses.resumes();
    }

    private void keep() {
        try {
            long nextRenewal = clock.nanos();
            while (true) {
                Lost gone;
                boolean idle;
                long dueNanos;
                synchronized (this) {
                    if (closed) {
                        return;
                    }
                    HeldLease now = held;
                    long nanos = clock.nanos();
                    boolean paused = now != null && isPaused(now);
                    if (now != null && !now.isValidAt(nanos) && !paused) {
                        held = null;
                        lost = new Lost(now.epoch(), "no renewal was confirmed in time");
                        // it was disarmed if this was in a pause until now
                        deadMan.arm(now.fenceAtNanos());
                    }
                    if (held != null && paused != toldPaused) {
                        tell(held);
                    }
                    gone = lost;
                    idle = now == null;
                    if (now == null) {
                        dueNanos = IDLE.toNanos();
                    } else {
                        long look = paused ? nanos + RECHECK_NANOS : now.fenceAtNanos();
                        dueNanos = Math.min(nextRenewal, look) - nanos;
                    }
                }
                if (gone != null) {
                    fenceForSure(gone);
                } else if (dueNanos > 0) {
                    if (clock.await(changes, Duration.ofNanos(dueNanos))) {
                        changes.drainPermits();
                    }
                    if (idle) {
                        nextRenewal = clock.nanos() + terms.renewEveryNanos();
                    }
                } else {
                    nextRenewal = clock.nanos() + terms.renewEveryNanos();
                    renew();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// A fence that fails (a process waits for its disk) is tried until it succeeds.
    private void fenceForSure(Lost gone) {
        while (true) {
            try {
                fence.fence(gone.epoch(), gone.why());
                break;
            } catch (RuntimeException e) {
                LOG.error("PostgreSQL could not be ended, trying again: {}", e.getMessage());
                clock.pause(FENCE_AGAIN);
            }
        }
        synchronized (this) {
            lost = null;
        }
    }

    private void renew() {
        HeldLease now;
        synchronized (this) {
            now = resting ? null : held;
            if (now == null || renewalsInFlight.get() >= RENEWALS_IN_FLIGHT) {
                return;
            }
            // who leaves waits for it from here on: it must not see the grace, and end it
            renewalsInFlight.incrementAndGet();
        }
        if (!seen.isWorthRenewing() && !isPaused(now)) {
            renewalsInFlight.decrementAndGet();
            LOG.warn(
                    "epoch {} is not renewed: this node leads, but has not served for too long, or must not lead",
                    now.epoch());
            return;
        }
        long heard = heardResumes(now);
        long sentNanos = clock.nanos();
        Epoch epoch = now.epoch();
        var _ =
                store.submit(
                                new Command.Renew(
                                        self,
                                        epoch,
                                        clock.wallMillis(),
                                        seen.flushed(),
                                        heard,
                                        seen.renewals(epoch),
                                        terms.lease().toMillis()))
                        .whenComplete((outcome, failure) -> {
                            renewalsInFlight.decrementAndGet();
                            count(sentNanos, outcome);
                            confirmed(epoch, sentNanos, outcome, failure);
                        });
    }

    private void count(long sentNanos, @Nullable Outcome<ClusterState> outcome) {
        if (outcome != null && outcome.accepted()) {
            times.confirmed(clock.nanos() - sentNanos);
        } else {
            times.failed();
        }
    }

    private void confirmed(
            Epoch epoch,
            long sentNanos,
            @Nullable Outcome<ClusterState> outcome,
            @Nullable Throwable failure) {
        if (failure != null || outcome == null) {
            LOG.warn(
                    "renewal of epoch {} failed: {}",
                    epoch,
                    failure == null ? "no answer" : failure.getMessage());
            return;
        }
        synchronized (this) {
            HeldLease now = held;
            if (now == null || !now.epoch().equals(epoch)) {
                return;
            }
            if (outcome.refusal() == null) {
                HeldLease confirmed = now.confirmed(sentNanos);
                held = confirmed;
                tell(confirmed);
            } else {
                held = null;
                lost = new Lost(epoch, "the lease is gone: " + outcome.refusal());
                // it was disarmed if this was in a pause until now
                deadMan.arm(now.fenceAtNanos());
                changes.release();
            }
        }
    }

    /// A pause has begun or ended, as it is seen here: the switch is told without delay.
    public void pauseChanged() {
        changes.release();
    }

    /// Ends the thread. The switch goes on with the lease as it is: to its end, or, in a pause,
    /// disarmed.
    @Override
    public void close() {
        synchronized (this) {
            HeldLease now = held;
            if (now != null) {
                tell(now);
            }
            closed = true;
            held = null;
            changes.release();
        }
        try {
            clock.join(thread, END_DEADLINE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
