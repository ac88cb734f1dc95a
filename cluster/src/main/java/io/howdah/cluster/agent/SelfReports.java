package io.howdah.cluster.agent;

import io.howdah.cluster.election.Fitness;
import io.howdah.cluster.lease.BootClock;
import io.howdah.cluster.member.LocalPostgres;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.Member;
import io.howdah.consensus.Store;
import io.howdah.postgres.TimelineId;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a node tells the others of itself, without being asked. Nothing waits for it: it must not
/// hold up what is urgent. For one thread.
final class SelfReports {

    private static final Logger LOG = LoggerFactory.getLogger(SelfReports.class);

    private final AgentSettings settings;
    private final LocalPostgres local;
    private final Store<ClusterState, Command> store;
    private final BootClock clock;
    private final Relief relief;
    private final Semaphore underWay = new Semaphore(1);

    SelfReports(
            AgentSettings settings,
            LocalPostgres local,
            Store<ClusterState, Command> store,
            BootClock clock) {
        this.settings = settings;
        this.local = local;
        this.store = store;
        this.clock = clock;
        this.relief = new Relief(clock.nanos());
    }

    /// Says what the others do not know yet.
    ///
    /// @param obstacle what keeps PostgreSQL from writing
    void send(Situation now, Fitness fitness, Optional<String> obstacle) {
        reportMember(now, fitness);
        relief.ask(now, obstacle, clock.nanos())
                .ifPresent(command -> relieve(command, obstacle.orElse("")));
        reportTimeline(now);
    }

    /// Keeps this node's entry among the members true.
    private void reportMember(Situation now, Fitness fitness) {
        Member plain = settings.member(incarnation(now.local()));
        Member mine = plain.withCondition(local.collations(), fitness.of(plain.tags()));
        String peerId = store.introduction().self().peerId();
        boolean takenOut = peerId.equals(now.state().gone().get(settings.self()));
        if (!takenOut && !mine.equals(now.state().members().get(settings.self()))) {
            submit(new Command.Report(settings.self(), mine, peerId));
        }
    }

    private void relieve(Command command, String obstacle) {
        LOG.warn("asking for a switchover: {}", obstacle);
        var _ = store.submit(command);
    }

    /// A timeline that nobody granted: PostgreSQL was promoted by hand. Its number is taken.
    private void reportTimeline(Situation now) {
        if (now.local() instanceof LocalStatus.Primary primary) {
            TimelineId mine = primary.position().history().current();
            if (mine.compareTo(now.state().timeline()) > 0 && now.state().systemId() != null) {
                submit(new Command.SawTimeline(settings.self(), mine));
            }
        }
    }

    /// One at a time; what is not said now is said with a later look.
    private void submit(Command command) {
        if (underWay.tryAcquire()) {
            var _ = store.submit(command).whenComplete((_, _) -> underWay.release());
        }
    }

    private static @Nullable Incarnation incarnation(LocalStatus status) {
        return switch (status) {
            case LocalStatus.Absent _ -> null;
            case LocalStatus.Unusable _ -> null;
            case LocalStatus.Stopped stopped -> stopped.incarnation();
            case LocalStatus.Silent silent -> silent.incarnation();
            case LocalStatus.Standby standby -> standby.incarnation();
            case LocalStatus.Primary primary -> primary.incarnation();
        };
    }
}
