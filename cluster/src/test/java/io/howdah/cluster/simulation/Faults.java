package io.howdah.cluster.simulation;

import io.howdah.cluster.agent.LocalRequest;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Pause;
import io.howdah.cluster.state.Switchover;
import io.howdah.cluster.state.Sync;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes faults happen, and heals them.
final class Faults {

    private final Cluster cluster;
    private final World world;
    private final Operators operators;
    private final ByHand byHand;
    private final AimedFaults aimed;

    Faults(Cluster cluster) {
        this.cluster = cluster;
        this.operators = new Operators(cluster);
        this.byHand = new ByHand(cluster, this);
        this.aimed = new AimedFaults(cluster, this);
        this.world = cluster.world();
    }

    void schedule(List<Fault> plan) {
        plan.forEach(fault -> world.in(fault.at() - world.now(), () -> happen(fault)));
    }

    private Host victim(Fault fault) {
        return fault.leader()
                ? cluster.holder().orElse(cluster.hosts().get(fault.node()))
                : cluster.hosts().get(fault.node());
    }

    private void happen(Fault fault) {
        Host host = victim(fault);
        Host other = cluster.hosts().get(fault.other());
        if (other == host) {
            other = cluster.hosts().get((host.number() + 1) % cluster.hosts().size());
        }
        cluster.coverage().reached("fault " + fault.kind());
        world.trace(
                host.name().value(),
                "*** "
                        + fault.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                        + " (with "
                        + other
                        + ", %.3f s)".formatted(fault.lasts() / 1e9));
        perform(fault, host, other);
    }

    private void perform(Fault fault, Host host, Host other) {
        long lasts = fault.lasts();
        ServerProcess server = host.server();
        switch (fault.kind()) {
            case POSTMASTER_KILLED -> {
                if (server != null) {
                    server.postmasterDies();
                }
            }
            case POSTGRES_KILLED -> {
                if (server != null) {
                    server.end(true);
                }
            }
            case AGENT_KILLED -> {
                cluster.agents().kill(host);
                world.in(lasts, () -> cluster.agents().start(host));
            }
            case AGENT_HANGS -> hang(host, lasts);
            case POSTGRES_HANGS -> {
                Gate gate = host.serverGate();
                gate.stop();
                world.in(lasts, () -> goOn(host, gate));
            }
            case HOST_CRASHES -> crash(host, lasts);
            case HOST_SUSPENDED -> {
                host.suspend();
                world.in(lasts, host::resume);
            }
            case HOST_HELD -> {
                boolean slept = host.isSuspended();
                host.suspend();
                world.in(lasts, slept ? host::resume : () -> host.resumeUnawares(lasts));
            }
            case CONFIRMATION_LATE ->
                    cluster.ambushes().onNextRenewal(holder -> aimed.confirmLate(holder, lasts));
            case AGENT_LEAVES -> {
                Duration grace = Duration.ofSeconds(world.between(1, 20));
                cluster.agents().go(host, Optional.of(grace), lasts);
                if (lasts % 3 == 0) {
                    // the next agent takes the lease over, and hears late of that
                    world.in(
                            lasts,
                            () ->
                                    cluster.ambushes()
                                            .onNextRenewal(
                                                    holder -> isolate(holder, 4 * World.SECOND)));
                }
            }
            case AGENT_STOPS -> cluster.agents().go(host, Optional.empty(), lasts);
            case SWITCH_KILLED -> host.safeguard().isKilled();
            case ALL_CRASH -> {
                for (Host each : cluster.hosts()) {
                    crash(each, lasts + world.between(0, World.SECOND));
                }
            }
            case CUT_ONE_WAY -> cut(host, other, lasts);
            case CUT_BOTH_WAYS -> {
                cut(host, other, lasts);
                cut(other, host, lasts);
            }
            case ISOLATED -> isolate(host, lasts);
            case ISOLATED_INBOUND -> {
                for (Host each : cluster.hosts()) {
                    if (each != host) {
                        cut(each, host, lasts);
                    }
                }
            }
            case SLOW_DISK -> {
                host.disk().slow = true;
                world.in(lasts, () -> host.disk().slow = false);
            }
            case SLOW_NETWORK -> {
                cluster.network().slow(200 * World.MILLI);
                world.in(lasts, () -> cluster.network().slow(2 * World.MILLI));
            }
            case DATA_WIPED -> wipe(host, lasts);
            case DATA_CLONED -> replaceByClone(host, other, lasts);
            case STREAMS_REFUSED -> {
                host.refuseStreams(true);
                world.in(lasts, () -> host.refuseStreams(false));
                if (world.chance(0.5)) {
                    cluster.ambushes().onNextAnnouncement(aimed::crashesAlone);
                }
                if (server != null) {
                    List.copyOf(server.sending().senders()).forEach(server.sending()::endSender);
                }
            }
            case SLOT_LOST -> {
                host.loseSlotOf(other);
                if (server != null) {
                    Host follower = other;
                    server.sending().senders().stream()
                            .filter(link -> link.down.host() == follower)
                            .toList()
                            .forEach(server.sending()::endSender);
                }
            }
            case SWITCHOVER -> switchOver(fault.leader() ? null : host.name());
            case PAUSED -> {
                pause(host, lasts);
                Host clone = other;
                if (world.chance(0.5)) {
                    world.in(lasts * 2 / 3, () -> replaceInPause(host, clone));
                }
            }
            case RESTART_ASKED -> cluster.agents().ask(host, LocalRequest.RESTART);
            case RESTART_IN_PLACE_ASKED ->
                    cluster.agents().ask(host, LocalRequest.RESTART_IN_PLACE);
            case WINNER_SLEEPS -> aimed.winnerSleeps(lasts);
            case AGENT_DIES_AT_A_STEP -> cluster.agents().dieAt(host, _ -> true, lasts);
            case VOTERS_LATE ->
                    cluster.holder().ifPresent(leader -> aimed.losesVoter(leader, other, lasts));
            case CUT_HALF_DONE ->
                    cluster.holder().ifPresent(leader -> aimed.cutHalfDone(leader, other));
            case TAKES_OVER_LATE ->
                    cluster.holder().ifPresent(leader -> aimed.takesOverLate(leader, lasts));
            case PROMOTED_BY_HAND -> byHand.promote(host, lasts);
            case STARTED_BY_HAND -> byHand.start(host, lasts);
            case FORCED -> operators.force(lasts);
            case SETTINGS_CHANGED -> operators.changeSettings();
            case SWITCHOVER_PLANNED -> operators.plan(host, lasts);
            case MEMBER_REMOVED -> operators.remove(host, lasts);
            case COPY_ASKED -> cluster.agents().ask(host, LocalRequest.REINITIALISE);
            case SENDER_ENDS -> {
                if (server != null) {
                    List.copyOf(server.sending().senders()).forEach(server.sending()::endSender);
                }
            }
        }
    }

    private static void goOn(Host host, Gate gate) {
        if (host.serverGate() == gate) {
            gate.goOn();
        }
    }

    void hang(Host host, long lasts) {
        AgentProcess process = cluster.agents().process(host);
        if (process != null && process.isAlive()) {
            process.gate().stop();
            world.in(
                    lasts,
                    () -> {
                        if (process.isAlive()) {
                            process.gate().goOn();
                        }
                    });
        }
    }

    void crash(Host host, long lasts) {
        if (!host.isUp()) {
            return;
        }
        cluster.agents().kill(host);
        host.crash();
        world.in(
                lasts,
                () -> {
                    host.boot();
                    cluster.agents().start(host);
                });
    }

    /// Of the only member that holds what was acknowledged the disk stays: nothing survives that.
    private void wipe(Host host, long lasts) {
        crash(host, lasts);
        if (!isOnlyCopy(host)) {
            host.disk().data = null;
            host.disk().service = null;
        }
    }

    /// Somebody puts a clone of another machine's disk into this one, for the first time or again.
    /// An old image of its own disk would be another matter: nothing in it tells that it is old,
    /// and no rule can.
    private void replaceByClone(Host host, Host other, long lasts) {
        if (canBeCloned(host, other)) {
            crash(host, lasts);
            putClone(host, other);
        }
    }

    private static boolean canBeCloned(Host host, Host other) {
        Disk.Data own = host.disk().data;
        Disk.Data theirs = other.disk().data;
        return own != null
                && theirs != null
                && !theirs.initialisedHere
                && !own.former
                && !theirs.former
                && theirs.holder.equals(other.name());
    }

    private void putClone(Host host, Host other) {
        Disk.Data own = Objects.requireNonNull(host.disk().data);
        Disk.Data clone = Objects.requireNonNull(other.disk().data).image();
        if (cluster.mutation() == Mutation.INCARNATION) {
            clone.incarnation = own.incarnation;
            clone.holder = host.name();
        }
        host.disk().data = clone;
        host.disk().service = null;
    }

    /// In a pause somebody stops PostgreSQL and puts such a clone in its place, while the agent
    /// looks on.
    private void replaceInPause(Host host, Host other) {
        ServerProcess server = host.server();
        if (cluster.state().paused() == null
                || server == null
                || isOnlyCopy(host)
                || !canBeCloned(host, other)) {
            return;
        }
        host.trace("*** replaced by a clone of " + other);
        cluster.coverage().reached("data replaced in a pause");
        server.end(true);
        putClone(host, other);
    }

    private boolean isOnlyCopy(Host host) {
        Sync sync = cluster.state().sync();
        return sync == null || (sync.voters().isEmpty() && sync.leader().equals(host.name()));
    }

    void isolate(Host host, long lasts) {
        for (Host each : cluster.hosts()) {
            if (each != host) {
                cut(host, each, lasts);
                cut(each, host, lasts);
            }
        }
    }

    void cut(Host from, Host to, long lasts) {
        cluster.network().cut(from, to);
        world.in(lasts, () -> cluster.network().mend(from, to));
    }

    private void switchOver(@Nullable NodeName to) {
        cluster.state()
                .currentLeader()
                .ifPresent(leader ->
                        cluster.submit(
                                new Command.RequestSwitchover(new Switchover(leader.epoch(), to))));
    }

    /// Of three hosts one loses its agent in the pause, and one does not hear when it is over.
    private void pause(Host host, long lasts) {
        cluster.submit(new Command.Suspend(new Pause("operator", "a test", world.now())));
        world.in(lasts, this::resume);
        long deaf = lasts / 2 + 5 * World.SECOND;
        switch ((int) (lasts % 3)) {
            case 0 ->
                    world.in(
                            lasts / 2,
                            () -> {
                                cluster.agents().kill(host);
                                world.in(deaf, () -> cluster.agents().start(host));
                            });
            case 1 -> world.in(lasts / 2, () -> isolate(host, deaf));
            default -> {}
        }
    }

    /// The operator sees to it that it is resumed.
    private void resume() {
        if (cluster.state().paused() != null) {
            cluster.submit(new Command.Resume("operator", world.now()));
            world.in(World.SECOND, this::resume);
        }
    }
}
