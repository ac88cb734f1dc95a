package io.howdah.cluster.member;

import io.howdah.cluster.member.ServerQueries.Observation;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.postgres.ControlData;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.Installation;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.SystemIdentity;
import io.howdah.postgres.wire.WireException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this node's PostgreSQL is at this moment: from its files, its processes, its control file
/// and its own answers, in this order. For one thread.
final class ServerObserver {

    /// What a server refuses with that has just begun to start.
    private static final String STARTS = "the database system is starting up (SQLSTATE 57P03)";

    /// How often a server that says that it starts is asked all the same.
    private static final Duration STARTING_LOOK = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(ServerObserver.class);

    private final NodeName self;
    private final Installation installation;
    private final DataDirectory data;
    private final DirectoryIdentity identity;
    private final HeldServer server;
    private final ServerQueries queries;
    private final ServerFiles files;
    private final ServiceFile service;
    private final Cloning cloning;
    private final TimelineMark mark;
    private final CollationVersions collations;
    private final PendingRestart pendingRestart;
    private @Nullable Long askStartingAtNanos;
    private String refusal = STARTS;
    private volatile @Nullable Lsn leaderEnd;
    private @Nullable String said;

    ServerObserver(
            NodeName self,
            Installation installation,
            DataDirectory data,
            DirectoryIdentity identity,
            HeldServer server,
            ServerQueries queries,
            ServerFiles files,
            ServiceFile service,
            Cloning cloning,
            TimelineMark mark) {
        this.self = self;
        this.installation = installation;
        this.data = data;
        this.identity = identity;
        this.server = server;
        this.queries = queries;
        this.files = files;
        this.service = service;
        this.cloning = cloning;
        this.mark = mark;
        this.collations = new CollationVersions(queries);
        this.pendingRestart = new PendingRestart(queries);
    }

    /// Which changed settings wait for a restart, as of a few seconds ago. From any thread.
    List<PendingSetting> pendingRestart() {
        return pendingRestart.settings();
    }

    /// See `LocalPostgres.collations`.
    String collations() {
        return collations.latest();
    }

    /// See `LocalPostgres.status`.
    LocalStatus look() {
        if (server.runsElsewhere()) {
            return new LocalStatus.Absent(true);
        }
        return switch (data.content()) {
            case MISSING, EMPTY -> absent();
            case OTHER ->
                    new LocalStatus.Unusable(
                            data.path()
                                    + " is not empty and not a data directory of PostgreSQL"
                                    + "\nHINT: move it away, or name another directory in howdah.yaml",
                            Optional.empty(),
                            server.isRunning());
            case DATABASE -> isHalfRewound() ? absent() : database();
        };
    }

    /// Whether there is only what a rewind has left that did not end. `pg_rewind` empties files
    /// before it fills them, ours among them: none of them says anything.
    boolean isHalfRewound() {
        return cloning.isInterrupted() && !server.isRunning();
    }

    /// Of a directory that was emptied the server may run on, and acknowledge, for a minute.
    private LocalStatus absent() {
        return new LocalStatus.Absent(server.hasProcesses());
    }

    /// See `ManagedPostgres.leaderEnd`. From any thread.
    Optional<Lsn> leaderEnd() {
        return Optional.ofNullable(leaderEnd);
    }

    private LocalStatus database() {
        if (data.copy().isEmpty()) {
            // a server of somebody else that runs in it is not ours to stop
            Optional<SystemId> holds = systemId();
            return new LocalStatus.Unusable(
                    data.path()
                            + " is not adopted: it holds a database that Howdah did not make"
                            + holds.map(id -> ", " + id).orElse("")
                            + "\nHINT: to have the cluster hold it as it lies there, run `howdah adopt "
                            + self
                            + "`; or name another directory in howdah.yaml",
                    holds,
                    server.isRunning());
        }
        Optional<String> otherVersion = otherVersion();
        if (!server.isRunning()) {
            boolean processes = server.hasProcesses();
            if (!processes && otherVersion.isPresent()) {
                return new LocalStatus.Unusable(otherVersion.get(), systemId());
            }
            if (!processes && mark.stopped()) {
                sayStrayed();
            }
            pendingRestart.restarted();
            collations.restarted();
            DirectoryIdentity.Known known = identity.readAgain();
            return new LocalStatus.Stopped(
                    known.systemId(), known.incarnation(), processes, cloning.rewoundFor());
        }
        otherVersion.ifPresent(this::sayOnce);
        DirectoryIdentity.Known known = identity.keep();
        if (isToBeLeftToStart()) {
            return silent(known, refusal);
        }
        try {
            LocalStatus seen = answering(known, queries.observe());
            pendingRestart.refresh();
            collations.refresh();
            return seen;
        } catch (WireException | UncertainTimelineException e) {
            refusal = firstLine(e);
            return silent(known, refusal);
        }
    }

    private LocalStatus.Silent silent(DirectoryIdentity.Known known, String why) {
        return new LocalStatus.Silent(
                known.systemId(), known.incarnation(), why, mayBePrimary(), cloning.rewoundFor());
    }

    /// While it says that it starts it is asked once a second all the same: what it refuses with
    /// may say more, and a full disk keeps it from saying that it has started. Each question is a
    /// process more for it to start.
    private boolean isToBeLeftToStart() {
        if (queries.isConnected() || !server.isStarting()) {
            askStartingAtNanos = null;
            refusal = STARTS;
            return false;
        }
        long now = System.nanoTime();
        Long due = askStartingAtNanos;
        boolean isDue = due != null && now - due >= 0;
        if (due == null || isDue) {
            askStartingAtNanos = now + STARTING_LOOK.toNanos();
        }
        return !isDue;
    }

    /// Why the installation cannot start a server in this directory; one that was started by
    /// another may run all the same.
    private Optional<String> otherVersion() {
        int found = data.majorVersion();
        int wanted = installation.version().major();
        return found == wanted
                ? Optional.empty()
                : Optional.of(
                        data.path()
                                + " is of PostgreSQL "
                                + found
                                + ", "
                                + installation.binDirectory()
                                + " is of "
                                + wanted
                                + "\nHINT: name an installation of PostgreSQL "
                                + found
                                + " as postgres.installation in howdah.yaml");
    }

    private void sayOnce(String problem) {
        if (!problem.equals(said)) {
            said = problem;
            LOG.error("PostgreSQL runs, but could not be started again: {}", problem);
        }
    }

    /// The system identifier, where the control file can be read.
    private Optional<SystemId> systemId() {
        try {
            return Optional.of(data.controlData().systemId());
        } catch (PostgresException e) {
            return Optional.empty();
        }
    }

    /// Whether a server that does not answer may be a primary: one that this agent started as a
    /// standby is none.
    private boolean mayBePrimary() {
        return !server.isStandbyOfOurs()
                && (data.controlData().state() == ControlData.State.IN_PRODUCTION
                        || mark.isPromoted());
    }

    private static String firstLine(RuntimeException e) {
        String message = e.getMessage();
        return message == null ? "no answer" : message.lines().findFirst().orElse("no answer");
    }

    private LocalStatus answering(DirectoryIdentity.Known known, Observation seen) {
        if (seen.recovering()) {
            cloning.consistentAgain();
            noteStandby(seen);
            return standby(known, seen);
        }
        TimelineId timeline = seen.timeline();
        if (timeline == null) {
            throw new UncertainTimelineException("the primary does not say its timeline");
        }
        queries.closeWalSession();
        if (mark.ranAsPrimary(timeline)) {
            sayStrayed();
        }
        keepStandbySignal();
        return new LocalStatus.Primary(
                known.systemId(),
                known.incarnation(),
                new Position(history(timeline), seen.position()),
                files.isOpen());
    }

    /// An agent that was killed between starting a primary and writing it has left none. A full
    /// disk must not keep the rules from looking at a primary.
    void keepStandbySignal() {
        try {
            data.createStandbySignal();
        } catch (UncheckedIOException e) {
            LOG.warn("{}; it is written as soon as it can be", e.getMessage());
        }
    }

    private void sayStrayed() {
        LOG.error(
                "somebody ran {} as a primary, promoted by hand or without standby.signal: what was written there cannot be told from a leader's WAL, so it is copied anew as soon as there is a leader",
                data);
    }

    private void noteStandby(Observation seen) {
        TimelineId streaming = seen.timeline();
        if (mark.stands(streaming == null ? data.controlData().replayedTimeline() : streaming)) {
            sayStrayed();
        }
    }

    private LocalStatus standby(DirectoryIdentity.Known known, Observation seen) {
        if (seen.leaderEnd() != null) {
            leaderEnd = seen.leaderEnd();
        }
        Lsn received = seen.received();
        Optional<Position> position;
        TimelineId streaming = seen.timeline();
        if (received == null) {
            position = Optional.empty();
        } else if (streaming != null) {
            queries.closeWalSession();
            position =
                    Optional.of(
                            new Position(history(streaming), Lsn.max(received, seen.position())));
        } else {
            position = queries.flushedEnd().map(this::position);
        }
        long lag = received == null ? 0 : Math.max(0, received.bytesSince(seen.position()));
        return new LocalStatus.Standby(
                known.systemId(),
                known.incarnation(),
                position,
                service.epoch(),
                seen.receiving(),
                lag,
                mark.isPromoted(),
                service.address());
    }

    /// What the server says of its WAL, with the history of its timeline.
    Position position(SystemIdentity identified) {
        return new Position(history(identified.timeline()), identified.position());
    }

    /// The history of a timeline that is in the data directory.
    ///
    /// @throws UncertainTimelineException when its file is not there (yet)
    TimelineHistory history(TimelineId timeline) {
        return data.timelines()
                .history(timeline)
                .orElseThrow(() ->
                        new UncertainTimelineException(
                                "the history of timeline " + timeline + " is not there yet"));
    }
}
