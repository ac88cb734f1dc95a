package io.howdah.cluster.simulation;

import io.howdah.cluster.step.Step;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Faults that wait for their moment: what chance would bring together once in a million runs.
final class AimedFaults {

    private static final Duration GRACE = Duration.ofSeconds(20);

    private final Cluster cluster;
    private final World world;
    private final Faults faults;

    AimedFaults(Cluster cluster, Faults faults) {
        this.cluster = cluster;
        this.world = cluster.world();
        this.faults = faults;
    }

    /// Whoever is offered the lease hears late of it.
    void winnerSleeps(long lasts) {
        cluster.ambushes()
                .onNextOffer(winner -> {
                    faults.hang(winner, lasts);
                    for (Host each : cluster.hosts()) {
                        if (each != winner) {
                            faults.cut(each, winner, lasts + World.SECOND / 2);
                        }
                    }
                });
    }

    /// Before anybody follows a new leader its PostgreSQL crashes, and is lost again as soon as it
    /// is back.
    void crashesAlone(Host winner) {
        winner.refuseStreams(true);
        world.in(3 * World.SECOND, () -> winner.refuseStreams(false));
        long crash = world.between(20 * World.MILLI, 300 * World.MILLI);
        world.in(
                crash,
                () -> {
                    ServerProcess server = winner.server();
                    if (server != null) {
                        winner.trace("*** PostgreSQL crashes, and nobody follows");
                        server.end(true);
                    }
                });
        world.in(
                crash + world.between(200 * World.MILLI, World.SECOND),
                () -> {
                    winner.trace("*** isolated, and nobody follows");
                    faults.isolate(winner, 4 * World.SECOND);
                });
    }

    /// A renewal is applied, its holder hears of that much later, and dies as it does.
    void confirmLate(Host holder, long lasts) {
        long lease = cluster.setup().lease().toNanos();
        long late = world.chance(0.5) ? lasts * 3 / 4 : world.between(lease * 2 / 5, lease * 3 / 4);
        faults.isolate(holder, late);
        world.in(
                late + world.between(World.MILLI, 5 * World.MILLI),
                () -> {
                    cluster.agents().kill(holder);
                    world.in(lasts + 2 * World.SECOND, () -> cluster.agents().start(holder));
                });
    }

    /// A leader has lost a standby, which comes back just as the leader asks for others to be the
    /// voters. That command is on its way for long: the agent that sent it has ended, and the next
    /// one leads on. As soon as it has come, the leader's machine is lost.
    void losesVoter(Host leader, Host standby, long lasts) {
        if (standby == leader) {
            return;
        }
        var lost = new AtomicBoolean(true);
        Runnable isBack =
                () -> {
                    if (lost.getAndSet(false)) {
                        cluster.network().mend(leader, standby);
                    }
                };
        cluster.network().cut(leader, standby);
        world.in(4 * World.SECOND, isBack);
        cluster.ambushes()
                .onNextVoters(sender -> {
                    isBack.run();
                    long late = World.SECOND / 2 + lasts;
                    world.in(World.MILLI, () -> restartAgent(sender));
                    for (Host each : cluster.hosts()) {
                        if (each != standby && each != sender) {
                            world.in(late * 3 / 4, () -> faults.cut(sender, each, late / 2));
                        }
                    }
                    world.in(
                            late + world.between(World.MILLI, 20 * World.MILLI),
                            () -> faults.crash(sender, 4 * World.SECOND + lasts));
                    return late;
                });
    }

    /// What a leader wrote last is under way to one standby alone, whose agent dies over cutting it
    /// off, and is back when another leads: what is under way arrives when that agent has it follow
    /// the other one.
    void cutHalfDone(Host leader, Host standby) {
        if (standby == leader) {
            return;
        }
        cluster.network().cut(leader, standby);
        cluster.agents().dieAt(standby, Step.CUT_FILE_EMPTY::equals, 6 * World.SECOND);
        cluster.ambushes()
                .onNextAnnouncement(_ ->
                        world.in(
                                world.between(World.MILLI, 100 * World.MILLI),
                                () -> cluster.agents().start(standby)));
        Disk.Service before = standby.disk().service;
        healWhenItFollowsAnother(leader, standby, before, world.now() + 12 * World.SECOND);
        for (Host each : cluster.hosts()) {
            if (each != leader && each != standby) {
                faults.cut(leader, each, 6 * World.SECOND);
            }
        }
    }

    private void healWhenItFollowsAnother(
            Host leader, Host standby, Disk.@Nullable Service before, long latest) {
        Disk.Service now = standby.disk().service;
        if ((now != null && !now.equals(before)) || world.now() > latest) {
            cluster.network().mend(leader, standby);
            world.in(
                    world.between(World.SECOND / 4, 2 * World.SECOND),
                    () -> cluster.holder().ifPresent(next -> faults.crash(next, 5 * World.SECOND)));
        } else {
            world.in(
                    2 * World.MILLI,
                    () -> healWhenItFollowsAnother(leader, standby, before, latest));
        }
    }

    /// The take-over by a restarted agent is on its way for long. That agent has ended, the next
    /// one has taken over, and is away in its turn when it comes; or, every other time, is there
    /// and may count another lease.
    void takesOverLate(Host leader, long lasts) {
        cluster.agents().go(leader, Optional.of(GRACE), soon());
        cluster.ambushes()
                .onNextTakeOver(sender -> {
                    long late = 2 * World.SECOND + lasts;
                    world.in(World.MILLI, () -> restartAgent(sender));
                    if (lasts % 2 == 0) {
                        world.in(
                                late - world.between(50 * World.MILLI, World.SECOND),
                                () ->
                                        cluster.agents()
                                                .go(sender, Optional.of(GRACE), 8 * World.SECOND));
                    }
                    return late;
                });
    }

    private void restartAgent(Host host) {
        cluster.agents().kill(host);
        world.in(soon(), () -> cluster.agents().start(host));
    }

    private long soon() {
        return world.between(20 * World.MILLI, 300 * World.MILLI);
    }
}
