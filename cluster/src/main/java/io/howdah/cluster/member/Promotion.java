package io.howdah.cluster.member;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.step.Step;
import io.howdah.cluster.step.Steps;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.SystemIdentity;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes a primary of a standby, on exactly the timeline that was granted: PostgreSQL takes the
/// lowest number that no history file names, so the numbers in between are planted first
/// (10-cluster, "A vote is a promise", rule 5). For one thread.
final class Promotion {

    private static final Duration POSITION_DEADLINE = Duration.ofSeconds(30);

    /// How long nothing may be replayed, and no primary be there.
    private static final Duration STALL_DEADLINE = Duration.ofSeconds(20);

    /// How often it is looked whether replay has advanced.
    private static final Duration LOOK = Duration.ofMillis(500);

    private static final Logger LOG = LoggerFactory.getLogger(Promotion.class);

    private final DataDirectory data;
    private final HeldServer server;
    private final ServerQueries queries;
    private final ServerFiles files;
    private final Enforcement enforcement;
    private final TimelineMark mark;
    private final Steps steps;

    Promotion(
            DataDirectory data,
            HeldServer server,
            ServerQueries queries,
            ServerFiles files,
            Enforcement enforcement,
            TimelineMark mark,
            Steps steps) {
        this.data = data;
        this.server = server;
        this.queries = queries;
        this.files = files;
        this.enforcement = enforcement;
        this.mark = mark;
        this.steps = steps;
    }

    /// See `LocalPostgres.promote`.
    TimelineHistory promote(TimelineId granted, InForce first, Epoch epoch, Runnable advanced) {
        try {
            SystemIdentity before =
                    server.await(
                            "reading local WAL to its end", POSITION_DEADLINE, queries::flushedEnd);
            // the doors stay as they are: what it recovered is in its base, which every later
            // winner must contain, and no new commit is acknowledged or seen before a member of
            // this epoch has it
            // what somebody set by ALTER SYSTEM would win over the file
            data.dropUnsafeAlterSystem();
            files.looksForNobody(false);
            files.writeNames(first, epoch);
            server.reload();
            steps.reached(Step.PROMOTION_NAMES_WRITTEN);
            data.timelines().plantSkipped(before.timeline(), granted, advanced);
            steps.reached(Step.PROMOTION_TIMELINES_PLANTED);
            mark.promotes(granted);
            steps.reached(Step.PROMOTION_MARKED);
            server.mayBecomePrimary();
            queries.requestPromotion();
            steps.reached(Step.PROMOTION_REQUESTED);
            awaitPromoted(advanced);
            steps.reached(Step.PROMOTED);
            data.createStandbySignal();
            enforcement.begin(first);
            return data.timelines()
                    .history(granted)
                    .orElseThrow(() ->
                            new PostgresException(
                                    "PostgreSQL was promoted, but not to timeline " + granted,
                                    "this node gives the lease back and stops; look at its postgresql.log"));
        } catch (RuntimeException e) {
            server.kill();
            data.createStandbySignal();
            data.timelines().removePlantedInVain();
            throw e;
        }
    }

    /// What it has received it replays first, however long that takes: the base of its epoch is the
    /// end of that. A session that conflicts with replay would hold that up for as long as
    /// `max_standby_streaming_delay` says, and with it everybody's writes; it is ended.
    private void awaitPromoted(Runnable advanced) {
        Optional<Lsn> replayed = Optional.of(Lsn.ZERO);
        HeldServer.Waking waking = server.new Waking();
        while (replayed.isPresent()) {
            Advance advance = new Advance(replayed.get());
            replayed = server.await("promotion", STALL_DEADLINE, advance, waking);
            advanced.run();
        }
    }

    /// Has an answer when it is a primary, an empty one, or when replay is further than before.
    private final class Advance implements HeldServer.Probe<Optional<Lsn>> {
        private final Lsn before;
        private long nextLookNanos = System.nanoTime() + LOOK.toNanos();

        Advance(Lsn before) {
            this.before = before;
        }

        @Override
        public Optional<Optional<Lsn>> look() {
            Optional<Lsn> now = queries.replayedWhileRecovering();
            if (now.isEmpty()) {
                return Optional.of(now);
            }
            if (System.nanoTime() < nextLookNanos) {
                return Optional.empty();
            }
            nextLookNanos = System.nanoTime() + LOOK.toNanos();
            endWhoeverHoldsReplayUp();
            return now.get().compareTo(before) > 0 ? Optional.of(now) : Optional.empty();
        }
    }

    private void endWhoeverHoldsReplayUp() {
        long ended = queries.endConflictingSessions();
        if (ended > 0) {
            LOG.warn(
                    "{} sessions that conflicted with the replay of WAL were ended, as the promotion waited for them",
                    ended);
        }
    }
}
