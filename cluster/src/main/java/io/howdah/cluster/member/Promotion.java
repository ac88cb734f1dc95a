package io.howdah.cluster.member;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.step.Step;
import io.howdah.cluster.step.Steps;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.SystemIdentity;
import java.time.Duration;
import java.util.Optional;

/// Makes a primary of a standby, on exactly the timeline that was granted: PostgreSQL takes the
/// lowest number that no history file names, so the numbers in between are planted first
/// (10-cluster, "A vote is a promise", rule 5). For one thread.
final class Promotion {

    private static final Duration POSITION_DEADLINE = Duration.ofSeconds(30);
    private static final Duration PROMOTION_DEADLINE = Duration.ofSeconds(60);

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
    TimelineHistory promote(TimelineId granted, InForce first, Epoch epoch) {
        try {
            SystemIdentity before =
                    server.await(
                            "reading local WAL to its end", POSITION_DEADLINE, queries::flushedEnd);
            // the doors stay as they are: what it recovered is in its base, which every later
            // winner must contain, and no new commit is acknowledged or seen before a member of
            // this epoch has it
            // what somebody set by ALTER SYSTEM would win over the file
            data.dropUnsafeAlterSystem();
            files.writeNames(first, epoch);
            server.reload();
            steps.reached(Step.PROMOTION_NAMES_WRITTEN);
            data.timelines().plantSkipped(before.timeline(), granted);
            steps.reached(Step.PROMOTION_TIMELINES_PLANTED);
            mark.promotes(granted);
            steps.reached(Step.PROMOTION_MARKED);
            server.mayBecomePrimary();
            queries.requestPromotion();
            steps.reached(Step.PROMOTION_REQUESTED);
            server.await(
                    "promotion",
                    PROMOTION_DEADLINE,
                    () -> queries.isRecovering() ? Optional.empty() : Optional.of(true));
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
}
