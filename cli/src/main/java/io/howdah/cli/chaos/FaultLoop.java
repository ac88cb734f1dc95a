package io.howdah.cli.chaos;

import io.howdah.cli.chaos.check.Violation;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Does one fault of the plan after the other until its time is over or it is told to end. For one
/// thread.
final class FaultLoop {

    /// Slow is no broken promise, standing still is: on a machine that starves, fresh processes
    /// alone take half a minute to start.
    static final Duration WHOLE_WITHIN = Duration.ofMinutes(5);

    private static final long VICTIM_SECONDS = 20;
    private static final long POLL_MILLIS = 100;

    private final Target target;
    private final Wounds wounds;
    private final Clients clients;
    private final Clock clock;
    private final CountDownLatch told;
    private final Consumer<String> progress;
    private final List<FaultRecord> done = new ArrayList<>();
    private final List<Violation> violations = new ArrayList<>();

    /// @param told ends it when it comes to 0
    /// @param progress told what happens, a line each
    FaultLoop(
            Target target,
            Wounds wounds,
            Clients clients,
            Clock clock,
            CountDownLatch told,
            Consumer<String> progress) {
        this.target = target;
        this.wounds = wounds;
        this.clients = clients;
        this.clock = clock;
        this.told = told;
        this.progress = progress;
    }

    /// Returns when the time is over.
    ///
    /// @param endMillis on the run's clock; no fault begins after it
    void run(FaultPlan plan, long endMillis) throws InterruptedException {
        for (int number = 1; goesOn(); number++) {
            PlannedFault fault = plan.fault(number);
            long pause = Math.min(fault.pause().toMillis(), endMillis - clock.millis());
            if (pause > 0 && told.await(pause, TimeUnit.MILLISECONDS)) {
                return;
            }
            if (clock.millis() >= endMillis) {
                return;
            }
            round(fault);
        }
    }

    private boolean goesOn() {
        return told.getCount() > 0;
    }

    /// What was done, in its order.
    List<FaultRecord> done() {
        return List.copyOf(done);
    }

    List<Violation> violations() {
        return List.copyOf(violations);
    }

    private void round(PlannedFault fault) throws InterruptedException {
        Optional<MemberStatus> victim =
                fault.kind().hasVictim() ? awaitVictim(fault) : Optional.empty();
        Instant at = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        int since = clock.millis();
        Wound wound =
                victim.isEmpty() && fault.kind().hasVictim()
                        ? Wound.atOnce("nobody plays that role")
                        : wounds.inflict(fault, victim.orElse(null));
        if (fault.kind().lasts()) {
            healLater(fault, wound);
        }
        var record =
                new FaultRecord(
                        fault.number(),
                        fault.kind().word(),
                        victim.map(MemberStatus::name).orElse(null),
                        victim.map(member -> role(fault, member)).orElse(null),
                        wound.detail(),
                        at,
                        since,
                        fault.kind().lasts() ? fault.length().toMillis() : null,
                        wound.result(),
                        null,
                        null,
                        null);
        progress.accept("fault %d: %s".formatted(fault.number(), record.describe()));
        done.add(fault.patient() ? awaitWhole(record) : record.healed(leader(), null));
    }

    private static String role(PlannedFault fault, MemberStatus member) {
        if (fault.primary()) {
            return MemberRole.PRIMARY.text();
        }
        return (member.role() == MemberRole.WITNESS ? MemberRole.WITNESS : MemberRole.REPLICA)
                .text();
    }

    private Optional<MemberStatus> awaitVictim(PlannedFault fault) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(VICTIM_SECONDS);
        Optional<MemberStatus> victim = target.victim(fault);
        while (victim.isEmpty() && System.nanoTime() < end && goesOn()) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            victim = target.victim(fault);
        }
        return victim;
    }

    /// What lasts ends at once when this program is told to end.
    private void healLater(PlannedFault fault, Wound wound) {
        Thread.ofVirtual()
                .name("heal " + fault.number())
                .start(() -> {
                    try {
                        told.await(fault.length().toMillis(), TimeUnit.MILLISECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    wound.heal().run();
                });
    }

    private FaultRecord awaitWhole(FaultRecord record) throws InterruptedException {
        // What lasts has to have ended: until then nothing may be missing yet.
        Long length = record.lengthMillis();
        if (length != null && told.await(length, TimeUnit.MILLISECONDS)) {
            return record;
        }
        OptionalLong whole = target.awaitWhole(WHOLE_WITHIN, this::goesOn);
        if (whole.isEmpty() && goesOn()) {
            violations.add(
                    new Violation(
                            "cluster",
                            "not whole",
                            1,
                            "%d s after fault %d (%s): %s"
                                    .formatted(
                                            WHOLE_WITHIN.toSeconds(),
                                            record.number(),
                                            record.describe(),
                                            target.missing())));
        }
        String leader = leader();
        Long after =
                whole.isPresent()
                        ? clock.millis(whole.getAsLong()) - record.sinceStartMillis()
                        : null;
        progress.accept(
                "  outage %.2f s; %s leads; %s; %,d acknowledged"
                        .formatted(
                                clients.outageMillis(record.sinceStartMillis(), clock.millis())
                                        / 1000.0,
                                leader == null ? "nobody" : leader,
                                after == null
                                        ? "not well: " + target.missing()
                                        : "well after %.1f s".formatted(after / 1000.0),
                                clients.acknowledged()));
        return record.healed(leader, after);
    }

    private @Nullable String leader() {
        return target.status().map(ClusterStatus::leader).orElse(null);
    }
}
