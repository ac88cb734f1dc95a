package io.howdah.cluster.member;

import io.howdah.cluster.state.Epoch;
import io.howdah.postgres.DataDirectory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is looked after while a server runs: whether it takes writes, whether somebody has set what
/// is not his to set, and every few seconds its copies of certificates, the addresses of members,
/// and, on a primary, Howdah's own roles. A failure is said once and tried again; it never disturbs
/// what the agent does besides. For one thread.
final class ServerUpkeep {

    private static final Duration ALTERED_EVERY = Duration.ofSeconds(1);
    private static final Duration FILES_EVERY = Duration.ofSeconds(5);
    private static final Duration DOOR_EVERY = Duration.ofSeconds(5);

    /// A new primary first has more urgent things to do than to hash passwords.
    private static final Duration ROLES_AFTER = Duration.ofSeconds(5);

    private static final Duration ROLES_EVERY = Duration.ofMinutes(1);
    private static final String NAMES = "synchronous_standby_names";
    private static final Logger LOG = LoggerFactory.getLogger(ServerUpkeep.class);

    private final ServerFiles files;
    private final HeldServer server;
    private final RoleUpkeep roles;
    private final DataDirectory data;
    private final ServerQueries queries;
    private final LongSupplier nanoTime;
    private long alteredDueNanos;
    private long filesDueNanos;
    private long doorDueNanos;
    private long rolesDueNanos;
    private Epoch led = Epoch.NONE;

    /// What was said last of what could not be done.
    private final Map<String, String> failures = new HashMap<>();

    /// @param nanoTime a clock as `System.nanoTime`
    ServerUpkeep(
            ServerFiles files,
            HeldServer server,
            RoleUpkeep roles,
            DataDirectory data,
            ServerQueries queries,
            LongSupplier nanoTime) {
        this.files = files;
        this.server = server;
        this.roles = roles;
        this.data = data;
        this.queries = queries;
        this.nanoTime = nanoTime;
        this.alteredDueNanos = nanoTime.getAsLong();
        this.filesDueNanos = nanoTime.getAsLong();
        this.doorDueNanos = nanoTime.getAsLong();
    }

    /// Whether writes are refused, where a server runs.
    void keepWrites() {
        if (!server.isRunning()) {
            return;
        }
        attempt(
                "stop writes, or let them go on",
                () -> {
                    if (files.refreshWrites()) {
                        server.reload();
                        LOG.warn(
                                files.refusesWrites()
                                        ? "writes are refused: too much WAL waits for the archive"
                                        : "writes are taken again");
                    }
                });
    }

    /// What was set by ALTER SYSTEM against the rules (`synchronous_commit = local`, say, by which
    /// commits would wait for nobody), when that is due and a server runs. Whom commits wait for is
    /// left to `Enforcement`, which has more to do about it than to reset it.
    void keepAltered() {
        if (nanoTime.getAsLong() - alteredDueNanos < 0 || !server.isRunning()) {
            return;
        }
        alteredDueNanos = nanoTime.getAsLong() + ALTERED_EVERY.toNanos();
        attempt("take back what was set by ALTER SYSTEM", this::takeBack);
    }

    private void takeBack() {
        List<String> altered = new ArrayList<>(data.unsafeAlterSystem());
        altered.remove(NAMES);
        if (!altered.isEmpty()) {
            altered.forEach(queries::resetAltered);
            server.reload();
            LOG.warn(
                    "somebody has set {} by ALTER SYSTEM: it is taken back\nHINT: `howdah config set` says why it is not to be set so, and what can be done instead",
                    altered);
        }
    }

    /// The agent's own way into a primary, when that is due and a server runs.
    void keepDoor() {
        if (nanoTime.getAsLong() - doorDueNanos < 0
                || !server.isRunning()
                || (server.isStarting() && !queries.isConnected())) {
            return;
        }
        doorDueNanos = nanoTime.getAsLong() + DOOR_EVERY.toNanos();
        attempt("keep the agent's way into PostgreSQL open", queries::keepDoorOpen);
    }

    /// Files, when they are due and a server runs; one that starts writes them itself.
    void keepFiles() {
        if (nanoTime.getAsLong() - filesDueNanos < 0 || !server.isRunning()) {
            return;
        }
        filesDueNanos = nanoTime.getAsLong() + FILES_EVERY.toNanos();
        attempt(
                "keep PostgreSQL's files up to date",
                () -> {
                    if (files.refresh()) {
                        server.reload();
                        LOG.info("PostgreSQL reads its files anew");
                    }
                });
    }

    /// Roles, when they are due. Only on the primary of `epoch`.
    void keepRoles(Epoch epoch) {
        if (!epoch.equals(led)) {
            led = epoch;
            rolesDueNanos = nanoTime.getAsLong() + ROLES_AFTER.toNanos();
            // as on a database that was adopted: without them no member can follow
            attempt(
                    "look for Howdah's roles",
                    () -> {
                        if (roles.isIncomplete()) {
                            rolesDueNanos = nanoTime.getAsLong();
                        }
                    });
        }
        if (nanoTime.getAsLong() - rolesDueNanos < 0) {
            return;
        }
        rolesDueNanos = nanoTime.getAsLong() + ROLES_EVERY.toNanos();
        attempt("keep Howdah's roles", roles::keep);
    }

    private void attempt(String what, Runnable work) {
        try {
            work.run();
            failures.remove(what);
        } catch (RuntimeException e) {
            String failure = String.valueOf(e.getMessage());
            if (!failure.equals(failures.put(what, failure))) {
                LOG.warn("cannot {}: {}", what, failure);
            }
        }
    }
}
