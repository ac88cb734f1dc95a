package io.howdah.cluster.member;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.step.Step;
import io.howdah.cluster.step.Steps;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.WireException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/// Brings `synchronous_standby_names` into force for certain. Writing the file and reloading is not
/// enough: sessions learn from the checkpointer whether to wait at all, and WAL senders acknowledge
/// by the setting they read last (experiment `settings_not_yet_in_force`). For one thread.
final class Enforcement {

    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(2);

    private final ServerQueries queries;
    private final ServerFiles files;
    private final Runnable reload;
    private final Steps steps;
    private InForce current = new InForce.Unknown();

    Enforcement(ServerQueries queries, ServerFiles files, Runnable reload, Steps steps) {
        this.queries = queries;
        this.files = files;
        this.reload = reload;
        this.steps = steps;
    }

    /// The server starts with this, or was promoted with it.
    void begin(InForce now) {
        current = now;
    }

    /// See `LocalPostgres.enforce`. Whatever interrupts it leaves `Unknown` behind: the file may be
    /// read or not.
    Lsn enforce(InForce next, Epoch epoch) {
        InForce before = current;
        current = new InForce.Unknown();
        String text = ServerFiles.text(next, epoch);
        files.writeNames(next, epoch);
        steps.reached(Step.NAMES_WRITTEN);
        reload.run();
        awaitNames(text);
        if (before.mayNotWait() && next instanceof InForce.Nobody) {
            awaitCommitsWaiting();
        }
        if (before.mayAcknowledgeWithout(next)) {
            awaitNewWalSenders();
        }
        Lsn end = queries.flushLsn();
        current = next;
        return end;
    }

    private void awaitNames(String text) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        boolean reset = false;
        while (!queries.synchronousNamesOfNewSessions().equals(text)) {
            if (System.nanoTime() > end) {
                throw new PostgresException(
                        "synchronous_standby_names did not become '"
                                + text
                                + "' within "
                                + DEADLINE.toSeconds()
                                + " s",
                        "look at postgresql.log");
            }
            if (!reset && System.nanoTime() > end - DEADLINE.toNanos() / 2) {
                queries.resetAlteredNames();
                reload.run();
                reset = true;
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /// Commits until one is seen to wait: from then on the checkpointer has taken the setting, and
    /// every other session's waits too.
    private void awaitCommitsWaiting() {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (System.nanoTime() < end) {
            try (PostgresConnection probe = queries.open()) {
                long pid = queries.backendPid(probe);
                Thread committing =
                        Thread.ofVirtual()
                                .start(() -> {
                                    try {
                                        ServerQueries.probeCommit(probe);
                                    } catch (WireException e) {
                                        // cancelled below, or the server ended: seen by the caller
                                        // at its next query
                                        return;
                                    }
                                });
                while (committing.isAlive() && System.nanoTime() < end) {
                    if (queries.waitsForStandbys(pid)) {
                        queries.cancel(pid);
                        committing.join(DEADLINE);
                        return;
                    }
                    LockSupport.parkNanos(POLL.toNanos());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PostgresException(
                        "interrupted while a probe commit was awaited", "try again", e);
            }
        }
        throw new PostgresException(
                "commits do not wait for standbys " + DEADLINE.toSeconds() + " s after they should",
                "is synchronous_commit off for the role postgres? Look at postgresql.log");
    }

    /// Ends the WAL senders, so that only such run as have read the new setting. Standbys come back
    /// in some 100 ms.
    private void awaitNewWalSenders() {
        Set<Long> old = queries.endWalSenders();
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (queries.walSenders().stream().anyMatch(old::contains)) {
            if (System.nanoTime() > end) {
                throw new PostgresException(
                        "WAL senders " + old + " did not end within " + DEADLINE.toSeconds() + " s",
                        "look at postgresql.log");
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }
}
