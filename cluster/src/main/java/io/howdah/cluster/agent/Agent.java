package io.howdah.cluster.agent;

import io.howdah.cluster.lease.BootClock;
import io.howdah.cluster.lease.ExpiryProposer;
import io.howdah.cluster.lease.LeaseKeeper;
import io.howdah.cluster.member.LocalPostgres;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.member.Upstream;
import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.state.Vote;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.consensus.Store;
import io.howdah.consensus.Subscription;
import io.howdah.consensus.Versioned;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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

    /// A leader that has not been seen to serve for this long lets its lease run out: the others
    /// may do better. Long enough for a machine under heavy load.
    private static final Duration SERVING_BOUND = Duration.ofSeconds(10);

    /// What a long act of a leader may take without that.
    private static final Duration LONG_ACT = Duration.ofMinutes(10);

    private static final Duration AGREED_AGAIN = Duration.ofMillis(200);

    /// How long after a failed act it is tried again.
    private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

    private static final Duration STOP_DEADLINE = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

    private final AgentSettings settings;
    private final NodeName self;
    private final LocalPostgres local;
    private final Store<ClusterState, Command> store;
    private final Proposals proposals;
    private final BootClock clock;
    private final LeaseKeeper lease;
    private final FollowerHealth health;
    private final SyncDriver sync;
    private final HandOver handOver;
    private final StandbyTouch touch;
    private final Semaphore wakeUps = new Semaphore(0);
    private final Semaphore reporting = new Semaphore(1);
    private volatile AgentReport report;
    private final Thread loop;
    private final ExpiryProposer expiry;
    private @Nullable Subscription subscription;
    private volatile boolean stopping;
    private volatile ClusterState lastSeen = ClusterState.INITIAL;
    private Epoch promised = Epoch.NONE;
    private Epoch openableEpoch = Epoch.NONE;
    private Act lastAct = new Act.Wait("");
    private String lastFailure = "";
    private long actSinceNanos;
    private int failedStarts;
    private volatile long servedAtNanos;
    private volatile long excusedUntilNanos;

    public Agent(
            AgentSettings settings,
            LocalPostgres local,
            Store<ClusterState, Command> store,
            BootClock clock) {
        this.settings = settings;
        this.self = settings.self();
        this.local = local;
        this.store = store;
        this.proposals = new Proposals(store);
        this.clock = clock;
        this.lease =
                new LeaseKeeper(self, store, settings.terms(), clock, this::fence, this::isServing);
        this.health = new FollowerHealth(settings.terms().lease().toNanos());
        this.sync =
                new SyncDriver(
                        self,
                        local,
                        proposals,
                        health,
                        settings.strict(),
                        settings.synchronousStandbys());
        this.handOver = new HandOver(self, local, proposals, lease, health);
        this.touch = new StandbyTouch(local, clock);
        this.report = AgentReport.starting(clock.nanos());
        this.loop = Thread.ofPlatform().name("agent").unstarted(this::run);
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
                if (!rest.isZero() && wakeUps.tryAcquire(rest.toMillis(), TimeUnit.MILLISECONDS)) {
                    wakeUps.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What this node sees may be old after a restart, and a promise it gave must not be
    /// overlooked: so nothing is done before a read that cannot be stale.
    private void awaitAgreedState() throws InterruptedException {
        long fenceAtNanos = clock.nanos() + settings.terms().fenceAfterNanos();
        while (!stopping) {
            try {
                Versioned<ClusterState> agreed = store.read().join();
                promised = promisedBy(agreed.state());
                while (!stopping && store.seen().index() < agreed.index()) {
                    Thread.sleep(POLL);
                }
                return;
            } catch (CompletionException e) {
                note(new Act.Wait(""), "waiting for the agreed state: " + store.status());
                fenceIfPrimary(fenceAtNanos);
                Thread.sleep(AGREED_AGAIN);
            }
        }
    }

    /// The epoch that this node's vote, if there is one, was cast for: the next one, or the one
    /// that it has led to already.
    private Epoch promisedBy(ClusterState state) {
        if (!state.votes().containsKey(self)) {
            return Epoch.NONE;
        }
        return state.lease() instanceof Lease.Vacant ? state.epoch().next() : state.epoch();
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
            Duration rest = perform(act, now);
            lastFailure = "";
            return rest;
        } catch (RuntimeException e) {
            Throwable cause =
                    e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            warnOnce("failed to " + act.describe() + ": " + cause.getMessage());
            LOG.debug("details", cause);
            note(act, cause.getMessage());
            wakeUps.tryAcquire(AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
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
        if (status instanceof LocalStatus.Primary || status instanceof LocalStatus.Standby) {
            servedAtNanos = clock.nanos();
        }
        Optional<Epoch> held = lease.heldEpoch();
        boolean leads = held.isPresent() && status instanceof LocalStatus.Primary;
        boolean votersHealthy = state.sync() != null && health.canElect(state.sync());
        boolean mayOpen =
                leads
                        && (openableEpoch.equals(held.get())
                                || (state.sync() != null && sync.isOpenable(state.sync())));
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
                promised,
                unfinished,
                votersHealthy,
                mayOpen,
                touch.isLost(state, status));
    }

    /// Whether this node, if it leads, serves, or is busy with something that is allowed to take
    /// long.
    private boolean isServing() {
        long now = clock.nanos();
        return now - servedAtNanos < SERVING_BOUND.toNanos() || now < excusedUntilNanos;
    }

    private interface LongAct {
        void perform();
    }

    private void excused(LongAct act) {
        excusedUntilNanos = clock.nanos() + LONG_ACT.toNanos();
        try {
            act.perform();
        } finally {
            excusedUntilNanos = 0;
            servedAtNanos = clock.nanos();
        }
    }

    /// A start that fails again and again is no service: after the second failure it is not excused
    /// any more.
    private void startPrimary() {
        failedStarts++;
        if (failedStarts <= 2) {
            excused(local::startPrimary);
        } else {
            local.startPrimary();
        }
        failedStarts = 0;
    }

    private Duration perform(Act act, Situation now) throws InterruptedException {
        return switch (act) {
            case Act.Wait wait -> rest(now, wait);
            case Act.Refuse refuse -> REST;
            case Act.ProposeInitialise propose ->
                    submitted(new Command.Initialise(self, System.currentTimeMillis()));
            case Act.Initialise initialise -> {
                excused(local::initialise);
                yield Duration.ZERO;
            }
            case Act.Kill kill -> {
                local.kill();
                yield Duration.ZERO;
            }
            case Act.StartStandby start -> {
                local.startStandby(start.rewoundTo().map(leader -> upstream(leader, now.state())));
                yield POLL;
            }
            case Act.StartPrimary start -> {
                startPrimary();
                health.begin(clock.nanos());
                sync.begin(new InForce.Nobody(), Lsn.ZERO);
                yield POLL;
            }
            case Act.CutOff cut -> {
                local.cut();
                yield Duration.ZERO;
            }
            case Act.DiscardInitialised discard -> {
                local.discardInitialised();
                yield Duration.ZERO;
            }
            case Act.CutAndVote vote -> {
                Vote given = cut(vote.epoch(), now);
                yield submitted(new Command.CastVote(self, vote.epoch(), given));
            }
            case Act.Claim claim -> {
                Vote given = cut(claim.epoch(), now);
                yield taken(lease.claim(claim.epoch(), given).join()) ? Duration.ZERO : POLL;
            }
            case Act.ClaimToInitialise claim -> {
                yield taken(lease.claim(claim.epoch(), null).join()) ? Duration.ZERO : POLL;
            }
            case Act.TakeOver takeOver -> takeOver(takeOver.epoch());
            case Act.Release release -> {
                lease.drop();
                yield submitted(
                        new Command.Release(
                                self,
                                release.epoch(),
                                release.reason(),
                                System.currentTimeMillis()));
            }
            case Act.Promote promote -> promote(promote, now.state());
            case Act.Announce announce -> announce(announce, now);
            case Act.Open open -> {
                local.open();
                yield Duration.ZERO;
            }
            case Act.Tend tend -> tend(tend, now);
            case Act.HandOver request ->
                    handOver.perform(
                                    request.switchover(), now.state(), request.switchover().epoch())
                            ? Duration.ZERO
                            : POLL;
            case Act.Follow follow -> {
                local.follow(upstream(follow.leader(), now.state()));
                yield POLL;
            }
            case Act.Rejoin rejoin -> {
                local.rejoin(upstream(rejoin.leader(), now.state()));
                yield Duration.ZERO;
            }
            case Act.Copy copy -> {
                local.copy(upstream(copy.leader(), now.state()));
                yield Duration.ZERO;
            }
        };
    }

    private boolean taken(LeaseKeeper.Taken answer) {
        proposals.awaitSeen(answer.index());
        return answer.held();
    }

    private Vote cut(Epoch epoch, Situation now) {
        if (!(now.local() instanceof LocalStatus.Standby standby)) {
            throw new IllegalStateException("only a standby can be cut off: " + now.local());
        }
        Position position = local.cut();
        promised = epoch;
        return new Vote(standby.incarnation(), position);
    }

    private Duration takeOver(Epoch epoch) {
        if (taken(lease.takeOver(epoch).join())) {
            health.begin(clock.nanos());
            sync.begin(new InForce.Unknown(), Lsn.ZERO);
            LOG.info("took over as the leader of epoch {}", epoch);
            return Duration.ZERO;
        }
        return POLL;
    }

    private Duration promote(Act.Promote promote, ClusterState state) {
        InForce first = new InForce.Nobody();
        var recorded = state.sync();
        if (recorded != null && !recorded.voters().isEmpty()) {
            first = new InForce.Names(recorded.voters(), recorded.required());
        }
        TimelineHistory promoted = local.promote(promote.timeline(), first, promote.epoch());
        Position base = Position.beginningOf(promoted);
        health.begin(clock.nanos());
        sync.begin(first, base.lsn());
        // what it recovered is in its base, which every later winner must contain: nothing read
        // here can vanish
        openableEpoch = promote.epoch();
        return announce(promote.epoch(), promoted, base);
    }

    private Duration announce(Act.Announce announce, Situation now) {
        if (!(now.local() instanceof LocalStatus.Primary primary)) {
            return POLL;
        }
        TimelineHistory history = primary.position().history();
        if (now.state().systemId() == null) {
            openableEpoch = announce.epoch();
        }
        // the first timeline has no beginning that others could share: where it is now is where it
        // begins for them
        Position base =
                history.ended().isEmpty() ? primary.position() : Position.beginningOf(history);
        return announce(announce.epoch(), history, base);
    }

    private Duration announce(Epoch epoch, TimelineHistory history, Position base) {
        if (!(local.status() instanceof LocalStatus.Primary primary)) {
            return POLL;
        }
        return submitted(
                new Command.Announce(
                        self,
                        epoch,
                        primary.incarnation(),
                        base,
                        history,
                        primary.systemId(),
                        System.currentTimeMillis()));
    }

    private Duration tend(Act.Tend tend, Situation now) {
        SyncDriver.Progress progress = sync.tend(tend.epoch(), clock.nanos());
        keepSlots(now, true);

        return switch (progress) {
            case SETTLED -> REST;
            case MOVED -> Duration.ZERO;
            case WAITING -> pause();
        };
    }

    private void keepSlots(Situation now, boolean primary) {
        Set<NodeName> others =
                now.state().members().entrySet().stream()
                        .filter(member ->
                                !member.getValue().witness() && !member.getKey().equals(self))
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet());
        local.keepSlots(others, primary);
    }

    /// How long to wait for something that sends no event: little at first, more when it takes
    /// long.
    private Duration pause() {
        return clock.nanos() - actSinceNanos < QUICK.toNanos() ? POLL : SLOW_POLL;
    }

    private Duration rest(Situation now, Act.Wait wait) {

        if (now.local() instanceof LocalStatus.Standby && wait.why().isEmpty()) {
            keepSlots(now, false);
        }
        return wait.why().isEmpty() ? REST : pause();
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

    private Upstream upstream(Announcement leader, ClusterState state) {
        Member member = state.members().get(leader.leader());
        if (member == null) {
            throw new IllegalStateException(
                    "the leader " + leader.leader() + " has not reported its address yet");
        }
        return new Upstream(leader.leader(), leader.epoch(), member.host(), member.postgresPort());
    }

    private Duration submitted(Command command) {
        return proposals.agree(command) ? Duration.ZERO : POLL;
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
                                        System.currentTimeMillis()))
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
