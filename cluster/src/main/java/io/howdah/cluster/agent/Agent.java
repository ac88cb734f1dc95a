package io.howdah.cluster.agent;

import io.howdah.cluster.lease.BootClock;
import io.howdah.cluster.lease.ExpiryProposer;
import io.howdah.cluster.lease.LeaseKeeper;
import io.howdah.cluster.member.LocalPostgres;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.consensus.Store;
import io.howdah.consensus.Subscription;
import io.howdah.consensus.Versioned;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent of a node with PostgreSQL. One thread looks, decides by `Rules` and acts; the lease
/// has a thread of its own, which can end PostgreSQL while an act is under way; a third proposes to
/// expire what others do not renew. `start` and `close` are called once; `report` and `wake` from
/// any thread.
public final class Agent implements AutoCloseable {

    /// How long the loop rests when all is as it should be.
    private static final Duration REST = Duration.ofSeconds(1);

    /// How long it rests while something is under way that sends no event.
    private static final Duration POLL = Duration.ofMillis(20);

    /// After this long the same wait is looked at less often.
    private static final Duration QUICK = Duration.ofSeconds(2);

    private static final Duration SLOW_POLL = Duration.ofMillis(250);

    private static final Duration AGREED_AGAIN = Duration.ofMillis(200);

    /// How long after a failed act it is tried again.
    private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

    private static final Duration STOP_DEADLINE = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

    private final AgentSettings settings;
    private final NodeName self;
    private final LocalPostgres local;
    private final Store<ClusterState, Command> store;
    private final BootClock clock;
    private final LeaseKeeper lease;
    private final Service service;
    private final Hands hands;
    private final StandbyTouch touch;
    private final Semaphore wakeUps = new Semaphore(0);
    private final Semaphore reporting = new Semaphore(1);
    private volatile AgentReport report;
    private final Thread loop;
    private final ExpiryProposer expiry;
    private @Nullable Subscription subscription;
    private volatile boolean stopping;
    private volatile ClusterState lastSeen = ClusterState.INITIAL;
    private Act lastAct = new Act.Wait("");
    private String lastFailure = "";
    private long actSinceNanos;

    public Agent(
            AgentSettings settings,
            LocalPostgres local,
            Store<ClusterState, Command> store,
            BootClock clock) {
        this.settings = settings;
        this.self = settings.self();
        this.local = local;
        this.store = store;
        this.clock = clock;
        this.service = new Service(clock);
        this.lease =
                new LeaseKeeper(
                        self,
                        store,
                        settings.terms(),
                        clock,
                        this::fence,
                        service::isWorthItsLease);
        this.hands = new Hands(settings, local, new Proposals(store, clock), lease, service, clock);
        this.touch = new StandbyTouch(local, clock);
        this.report = AgentReport.starting(clock.nanos());
        this.loop = clock.thread("agent", false, this::run);
        this.expiry = new ExpiryProposer(self, store, settings.terms(), clock);
    }

    /// Starts the threads. The store must be formed or forming.
    public void start() {
        lease.start();
        subscription = store.watch(this::changed);
        loop.start();
        expiry.start();
    }

    /// Makes the loop look at once; call it when PostgreSQL ends.
    public void wake() {
        wakeUps.release();
    }

    /// What the agent saw and does, for status and health endpoints.
    public AgentReport report() {
        return report;
    }

    /// The epoch in which this node may act as primary at this moment, by its own reckoning.
    public Optional<Epoch> heldEpoch() {
        return lease.heldEpoch();
    }

    private void changed(Versioned<ClusterState> seen) {
        ClusterState before = lastSeen;
        lastSeen = seen.state();
        // renewals alone change nothing that the loop looks at
        if (!seen.state().isSameButRenewal(before)) {
            wake();
        }
    }

    private void fence(Epoch epoch, String why) {
        LOG.error("epoch {} is over for {}: {}; ending PostgreSQL", epoch, self, why);
        local.kill();
        wake();
    }

    private void run() {
        try {
            awaitAgreedState();
            while (!stopping) {
                Duration rest = turn();
                if (!rest.isZero() && clock.await(wakeUps, rest)) {
                    wakeUps.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What this node sees may be old after a restart, and a promise it gave must not be
    /// overlooked: so nothing is done before a read that cannot be stale.
    private void awaitAgreedState() {
        long fenceAtNanos = clock.nanos() + settings.terms().fenceAfterNanos();
        while (!stopping) {
            try {
                Versioned<ClusterState> agreed = store.read().join();
                hands.remember(agreed.state());
                while (!stopping && store.seen().index() < agreed.index()) {
                    clock.pause(POLL);
                }
                return;
            } catch (CompletionException e) {
                note(new Act.Wait(""), "waiting for the agreed state: " + store.status());
                fenceIfPrimary(fenceAtNanos);
                clock.pause(AGREED_AGAIN);
            }
        }
    }

    /// A primary that an agent before this one left running: without a majority nobody knows
    /// whether it may still lead.
    private void fenceIfPrimary(long fenceAtNanos) {
        try {
            if (clock.nanos() > fenceAtNanos && local.status().mayAcceptWrites()) {
                LOG.error(
                        "no majority answers, and the lease of the PostgreSQL that runs here is over; ending it");
                local.kill();
            }
        } catch (RuntimeException e) {
            LOG.warn("PostgreSQL could not be ended: {}", e.getMessage());
        }
    }

    private Duration turn() throws InterruptedException {
        Act act = new Act.Wait("");
        try {
            Situation now = look();
            act = Rules.next(now);
            boolean fresh = !act.equals(lastAct);
            if (fresh) {
                actSinceNanos = clock.nanos();
            }
            lastAct = act;
            if (fresh && !(act instanceof Act.Tend)) {
                LOG.info("{}", act.describe());
            }
            note(act, act.problem());
            reportSelf(now);
            Hands.Rest rest = hands.perform(act, now);
            lastFailure = "";
            return switch (rest) {
                case NONE -> Duration.ZERO;
                case SHORT -> clock.nanos() - actSinceNanos < QUICK.toNanos() ? POLL : SLOW_POLL;
                case LONG -> REST;
            };
        } catch (RuntimeException e) {
            Throwable cause =
                    e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            warnOnce("failed to " + act.describe() + ": " + cause.getMessage());
            LOG.debug("details", cause);
            note(act, cause.getMessage());
            var _ = clock.await(wakeUps, AFTER_FAILURE);
            return Duration.ofNanos(1);
        }
    }

    /// What fails is tried again twice a second, but said once.
    private void warnOnce(String failure) {
        if (!failure.equals(lastFailure)) {
            lastFailure = failure;
            LOG.warn("{}", failure);
        }
    }

    private Situation look() {
        ClusterState state = store.seen().state();
        LocalStatus status = local.status();
        service.seen(status);
        Optional<Epoch> held = lease.heldEpoch();
        boolean leads = held.isPresent() && status instanceof LocalStatus.Primary;
        boolean mayOpen = leads && hands.mayOpen(state, held.get());
        report = report.seen(status, clock.nanos());
        boolean unfinished = local.isInitialisedHere();
        if (unfinished
                && state.systemId() != null
                && state.systemId().equals(Rules.systemId(status).orElse(null))) {
            local.initialisationAnnounced();
            unfinished = false;
        }
        return new Situation(
                self,
                state,
                held,
                status,
                hands.promised(),
                unfinished,
                hands.votersHealthy(state),
                mayOpen,
                touch.isLost(state, status));
    }

    /// Keeps this node's entry among the members true.
    private void reportSelf(Situation now) {
        Member mine = settings.member(incarnation(now.local()));
        if (!mine.equals(now.state().members().get(self)) && reporting.tryAcquire()) {
            // nothing waits for this: it must not hold up what is urgent
            var _ =
                    store.submit(new Command.Report(self, mine))
                            .whenComplete((_, _) -> reporting.release());
        }
    }

    private static @Nullable Incarnation incarnation(LocalStatus status) {
        return switch (status) {
            case LocalStatus.Absent absent -> null;
            case LocalStatus.Unusable unusable -> null;
            case LocalStatus.Stopped stopped -> stopped.incarnation();
            case LocalStatus.Silent silent -> silent.incarnation();
            case LocalStatus.Standby standby -> standby.incarnation();
            case LocalStatus.Primary primary -> primary.incarnation();
        };
    }

    private void note(Act act, @Nullable String problem) {
        report = report.acting(act, problem, clock.nanos());
    }

    /// Leaves in order: stops the loop, shuts PostgreSQL down, and gives the lease back so that
    /// another can lead at once.
    @Override
    public void close() {
        stopping = true;
        wake();
        try {
            loop.join(STOP_DEADLINE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Optional<Epoch> held = lease.heldEpoch();
        try {
            LocalStatus status = local.status();
            if (!(status instanceof LocalStatus.Absent || status instanceof LocalStatus.Stopped)) {
                local.stop(STOP_DEADLINE);
            }
        } catch (RuntimeException e) {
            LOG.warn("PostgreSQL did not stop in order: {}", e.getMessage());
            local.kill();
        }
        if (held.isPresent()) {
            lease.drop();
            try {
                store.submit(
                                new Command.Release(
                                        self,
                                        held.get(),
                                        self + " was stopped",
                                        clock.wallMillis()))
                        .get(2, TimeUnit.SECONDS);
            } catch (Exception e) {
                LOG.info("the lease was not given back, it will expire: {}", e.getMessage());
            }
        }
        lease.close();
        expiry.close();
        Subscription watching = subscription;
        if (watching != null) {
            watching.close();
        }
    }
}
