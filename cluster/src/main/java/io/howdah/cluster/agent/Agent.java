package io.howdah.cluster.agent;

import io.howdah.cluster.deadman.DeadMansSwitch;
import io.howdah.cluster.election.Fitness;
import io.howdah.cluster.lease.BootClock;
import io.howdah.cluster.lease.ExpiryProposer;
import io.howdah.cluster.lease.LeaseKeeper;
import io.howdah.cluster.lease.LeaseTerms;
import io.howdah.cluster.lease.RenewalTimes;
import io.howdah.cluster.member.LocalPostgres;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.step.Steps;
import io.howdah.consensus.Store;
import io.howdah.consensus.Subscription;
import io.howdah.consensus.Versioned;
import io.howdah.postgres.Lsn;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
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

    private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(30);

    /// For the act that is under way to come to its end.
    private static final Duration LOOP_DEADLINE = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

    private final AgentSettings settings;
    private final NodeName self;
    private final LocalPostgres local;
    private final Store<ClusterState, Command> store;
    private final BootClock clock;
    private final LeaseKeeper lease;
    private final DeadMansSwitch deadMan;
    private final Service service;
    private final Hands hands;
    private final StandbyTouch touch;
    private final SelfReports reports;
    private final VoteRestraint restraint;
    private final Parting parting;
    private final SettingsFollower settingsFollower;
    private final LocalRequests requests;
    private final Semaphore wakeUps = new Semaphore(0);
    private volatile AgentReport report;
    private volatile Consumer<AgentReport> observer = seen -> {};
    private final Thread loop;
    private final ExpiryProposer expiry;
    private @Nullable Subscription subscription;
    private volatile boolean stopping;
    private volatile ClusterState lastSeen = ClusterState.INITIAL;
    private Act lastAct = new Act.Wait("");
    private String lastFailure = "";
    private long actSinceNanos;
    private long fenceAtNanos;
    private boolean left;

    /// @param steps hears how far each act has come
    /// @param deadMan ends PostgreSQL when this agent cannot
    public Agent(
            AgentSettings settings,
            LocalPostgres local,
            Store<ClusterState, Command> store,
            BootClock clock,
            Steps steps,
            DeadMansSwitch deadMan) {
        this.settings = settings;
        this.self = settings.self();
        this.local = local;
        this.store = store;
        this.clock = clock;
        this.deadMan = deadMan;
        this.service = new Service(clock);
        this.lease =
                new LeaseKeeper(
                        self,
                        store,
                        settings.terms(),
                        clock,
                        this::fence,
                        new SeenByKeeper(),
                        deadMan);
        this.hands =
                new Hands(
                        settings, local, new Proposals(store, clock), lease, service, clock, steps);
        this.requests = new LocalRequests(clock, requestPatience(settings.terms()));
        this.touch = new StandbyTouch(local, clock);
        this.reports = new SelfReports(settings, local, store, clock);
        this.restraint = new VoteRestraint(self);
        this.parting = new Parting(self, local, store, clock, service);
        this.settingsFollower = new SettingsFollower(local, clock);
        this.report = AgentReport.starting(clock.nanos());
        this.loop = clock.thread("agent", false, this::run);
        this.expiry = new ExpiryProposer(self, store, settings.terms(), clock);
    }

    /// A leader counts on a standby for a whole lease after it was last heard of.
    private static Duration requestPatience(LeaseTerms terms) {
        return terms.lease().multipliedBy(3).plus(REQUEST_PATIENCE);
    }

    /// Has somebody told of every look at PostgreSQL, on the agent's own threads: it must return at
    /// once. Called before `start`.
    public void observe(Consumer<AgentReport> told) {
        observer = told;
    }

    /// Starts the threads. The store must be formed or forming.
    public void start() {
        start(OptionalLong.empty());
    }

    /// Starts the threads after an agent that has left its PostgreSQL running ([#leave]).
    ///
    /// @param mayLeadUntilNanos what that one returned
    public void start(OptionalLong mayLeadUntilNanos) {
        fenceAtNanos =
                Math.max(
                        clock.nanos() + settings.terms().fenceAfterNanos(),
                        mayLeadUntilNanos.orElse(Long.MIN_VALUE));
        lease.start();
        subscription = store.watch(this::changed);
        loop.start();
        expiry.start();
    }

    /// What the lease's thread asks, answered from memory.
    private final class SeenByKeeper implements LeaseKeeper.Seen {
        @Override
        public boolean isWorthRenewing() {
            return service.isWorthItsLease() && deadMan.obstacle().isEmpty();
        }

        @Override
        public LeaseKeeper.Pauses pauses(Epoch held) {
            ClusterState state = store.seen().state();
            return new LeaseKeeper.Pauses(
                    state.paused() != null && state.isHeldBy(self, held), state.resumes());
        }

        @Override
        public long renewals(Epoch held) {
            ClusterState state = store.seen().state();
            return state.isHeldBy(self, held) ? state.held().orElseThrow().renewals() : 0;
        }

        @Override
        public @Nullable Lsn flushed() {
            return report.status() instanceof LocalStatus.Primary primary
                    ? primary.position().lsn()
                    : null;
        }
    }

    /// Whether the cluster is paused, as applied here.
    private boolean isPaused() {
        return store.seen().state().paused() != null;
    }

    /// Makes the loop look at once; call it when PostgreSQL ends.
    public void wake() {
        wakeUps.release();
    }

    /// What the agent saw and does, for status and health endpoints.
    public AgentReport report() {
        return report;
    }

    /// What PostgreSQL has of the cluster's settings.
    public AppliedSettings appliedSettings() {
        return settingsFollower.report();
    }

    /// Asks this node for something; it is done when its turn comes.
    ///
    /// @return why it was declined, or empty once there is no way back: PostgreSQL has stopped to
    ///   be started again, the copy begins
    public CompletableFuture<Optional<String>> ask(LocalRequest request) {
        CompletableFuture<Optional<String>> answer = requests.ask(request);
        wake();
        return answer;
    }

    /// The epoch in which this node may act as primary at this moment, by its own reckoning.
    public Optional<Epoch> heldEpoch() {
        return lease.heldEpoch();
    }

    /// How long this node may go on as primary if nothing is confirmed any more; 0 when it does not
    /// hold the lease.
    public long leaseRemainingNanos() {
        return lease.remainingNanos();
    }

    /// Whether the dead man's switch runs and hears this agent.
    public boolean hasDeadMansSwitch() {
        return deadMan.isThere();
    }

    /// Whether a watchdog resets this machine when the switch does not run any more.
    public boolean hasWatchdog() {
        return deadMan.hasWatchdog();
    }

    /// What the renewals of this node's lease took so far.
    public RenewalTimes.Figures renewals() {
        return lease.renewals();
    }

    private void changed(Versioned<ClusterState> seen) {
        ClusterState before = lastSeen;
        lastSeen = seen.state();
        // renewals alone change nothing that the loop looks at
        if (!seen.state().isSameButRenewal(before)) {
            wake();
        }
        if (!Objects.equals(seen.state().paused(), before.paused())) {
            lease.pauseChanged();
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
                fenceIfPrimary();
                clock.pause(AGREED_AGAIN);
            }
        }
    }

    /// A primary that an agent before this one left running: without a majority nobody knows
    /// whether it may still lead.
    private void fenceIfPrimary() {
        try {
            if (clock.nanos() > fenceAtNanos && !isPaused() && local.status().mayAcceptWrites()) {
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
            settingsFollower.follow(store.seen().state());
            Optional<String> obstacle = local.obstacle();
            Situation now = look(obstacle);
            act = Rules.next(now);
            boolean fresh = !act.equals(lastAct);
            if (fresh) {
                actSinceNanos = clock.nanos();
            }
            lastAct = act;
            if (fresh && !(act instanceof Act.Tend)) {
                LOG.info("{}", act.describe());
            }
            Fitness fitness =
                    deadMan.obstacle()
                            .<Fitness>map(Fitness.Unfit::new)
                            .orElseGet(() ->
                                    Fitness.judge(now.state(), self, local.collations(), obstacle));
            note(act, problem(fitness, act));
            reports.send(now, fitness, obstacle);
            requests.begins(act);
            Hands.Rest rest = hands.perform(act, now);
            requests.done(act);
            lastFailure = "";
            return switch (rest) {
                case NONE -> Duration.ZERO;
                case SHORT -> clock.nanos() - actSinceNanos < QUICK.toNanos() ? POLL : SLOW_POLL;
                case LONG -> REST;
            };
        } catch (RuntimeException e) {
            Throwable cause =
                    e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            String failure = String.valueOf(cause.getMessage());
            warnOnce("failed to " + act.describe() + ": " + failure);
            LOG.debug("details", cause);
            note(act, withObstacle(failure));
            requests.failed(act, failure);
            var _ = clock.await(wakeUps, AFTER_FAILURE);
            return Duration.ofNanos(1);
        }
    }

    private String problem(Fitness fitness, Act act) {
        if (!fitness.complaint().isEmpty()) {
            return fitness.complaint();
        }
        boolean streams =
                report.status() instanceof LocalStatus.Standby standby && standby.receiving();
        return streams ? act.problem() : local.complaint().orElseGet(act::problem);
    }

    /// What stands in the way explains most failures, and says what to do.
    private String withObstacle(String failure) {
        return local.obstacle()
                .map(obstacle -> failure.lines().findFirst().orElse("failed") + "; " + obstacle)
                .orElse(failure);
    }

    /// What fails is tried again twice a second, but said once.
    private void warnOnce(String failure) {
        if (!failure.equals(lastFailure)) {
            lastFailure = failure;
            LOG.warn("{}", failure);
        }
    }

    /// @param obstacle what keeps PostgreSQL from writing
    private Situation look(Optional<String> obstacle) {
        ClusterState state = store.seen().state();
        LocalStatus status = local.status();
        service.seen(status);
        Optional<Epoch> held = lease.heldEpoch();
        if (held.isEmpty() && !status.mayAcceptWrites()) {
            lease.standDown();
        }
        boolean leads = held.isPresent() && status instanceof LocalStatus.Primary;
        boolean mayOpen = leads && hands.mayOpen(state, held.get());
        report = report.seen(status, clock.nanos());
        observer.accept(report);
        boolean unfinished = local.isInitialisedHere();
        if (unfinished
                && state.systemId() != null
                && state.systemId().equals(Rules.systemId(status).orElse(null))) {
            local.initialisationAnnounced();
            unfinished = false;
        }
        Situation now = situation(state, held, status, mayOpen, unfinished, obstacle);
        if (now.adopting().order().filter(order -> AdoptingRules.isVoid(order, now)).isPresent()) {
            local.forgetOrder();
        }
        return now;
    }

    private Situation situation(
            ClusterState state,
            Optional<Epoch> held,
            LocalStatus status,
            boolean mayOpen,
            boolean unfinished,
            Optional<String> obstacle) {
        return new Situation(
                self,
                state,
                held,
                status,
                hands.promised(),
                unfinished,
                hands.votersHealthy(state),
                mayOpen,
                touch.isLost(state, status),
                requests.pending(),
                new Adopting(Optional.ofNullable(settings.awaited()), local.ordered()),
                restraint.holdsBack(state, obstacle, clock.nanos()),
                local.strayedFrom());
    }

    private void note(Act act, @Nullable String problem) {
        report = report.acting(act, problem, clock.nanos());
    }

    /// Ends the agent and leaves PostgreSQL as it runs, so that another agent can take it over: a
    /// primary's lease is made to stand for that long. Where this cannot be agreed on, nothing is
    /// left running that could not be answered for: PostgreSQL is stopped as `close` does.
    ///
    /// @return until when, on the boot clock, PostgreSQL may go on as primary; empty when it is
    ///   none
    public OptionalLong leave(Duration grace) {
        endLoop();
        boolean leads = lease.heldEpoch().isPresent();
        OptionalLong mayLeadUntilNanos = OptionalLong.empty();
        try {
            mayLeadUntilNanos = lease.furlough(grace);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        left = !leads || mayLeadUntilNanos.isPresent();
        close();
        return mayLeadUntilNanos;
    }

    private void endLoop() {
        stopping = true;
        wake();
        try {
            clock.join(loop, LOOP_DEADLINE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Leaves in order: stops the loop, shuts PostgreSQL down, and gives the lease back so that
    /// another can lead at once. In a pause PostgreSQL runs on, and the lease stays.
    @Override
    public void close() {
        if (!left) {
            endLoop();
            if (isPaused()) {
                LOG.info("the cluster is paused: PostgreSQL is left as it is");
            } else {
                Optional<Epoch> held = lease.heldEpoch();
                LocalStatus remains = parting.stopPostgres();
                observer.accept(report.seen(remains, clock.nanos()));
                if (remains.mayAcceptWrites()) {
                    LOG.error(
                            "PostgreSQL has not ended; the lease is left to run out, and the dead man's switch ends what runs");
                } else {
                    lease.drop();
                    held.ifPresent(parting::release);
                }
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
