package io.howdah.cluster.adoption;

import io.howdah.cluster.adoption.AdoptionOrder.Role;
import io.howdah.cluster.state.Position;
import io.howdah.postgres.ControlData;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.Installation;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.ServerProcesses;
import io.howdah.postgres.Tablespaces;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Looks at a database that was made without Howdah, while its server still serves. Changes
/// nothing. For one thread.
///
/// @param data where it lies
/// @param installation that will run it
/// @param log read when its server dies while it starts
public record Survey(DataDirectory data, Installation installation, Path log) {

    /// What was found.
    ///
    /// @param candidate what the rules look at
    /// @param control its control file
    /// @param server the server that runs there; null when none does
    /// @param answers what that said; null when none runs
    record Found(
            Candidate candidate,
            ControlData control,
            @Nullable FormerServer server,
            @Nullable FormerAnswers answers) {}

    /// Looks.
    ///
    /// @throws PostgresException when it can be adopted in no cluster, with a fact and a HINT
    Found look() {
        requireUsable();
        ControlData control = data.controlData();
        if (control.minimalWal()) {
            throw new PostgresException(
                    "the server in "
                            + data
                            + " runs with wal_level = minimal: no standby could"
                            + " follow it",
                    "set wal_level = replica there and restart it, then adopt it");
        }
        Optional<FormerServer> server = FormerServer.in(data, installation, log);
        if (server.isEmpty()) {
            requireStoppedInOrder(control);
        }
        FormerAnswers answers = server.map(FormerServer::ask).orElse(null);
        Role role = role(control, answers);
        return new Found(
                new Candidate(control.systemId(), role, end(control), server.isPresent()),
                control,
                server.orElse(null),
                answers);
    }

    private void requireUsable() {
        if (data.content() != DataDirectory.Content.DATABASE) {
            throw new PostgresException(
                    "there is no database in " + data,
                    "name its data directory as postgres.data-directory in howdah.yaml, and restart"
                            + " this agent");
        }
        if (data.copy().isPresent()) {
            throw new PostgresException(
                    "the database in " + data + " is Howdah's already", "look at `howdah status`");
        }
        requireOwner();
        int wanted = installation.version().major();
        if (data.majorVersion() != wanted) {
            throw new PostgresException(
                    data
                            + " is of PostgreSQL "
                            + data.majorVersion()
                            + ", "
                            + installation
                            + " is of "
                            + wanted,
                    "name the bin directory of a PostgreSQL "
                            + data.majorVersion()
                            + " as postgres.installation in howdah.yaml");
        }
        requireTablespacesOutside();
        for (String unfinished : new String[] {"backup_label", "recovery.signal"}) {
            if (Files.exists(data.path().resolve(unfinished))) {
                throw new PostgresException(
                        data
                                + " is a backup that was not restored to its end: there is a "
                                + unfinished,
                        "start it as before until its recovery has ended, then adopt it");
            }
        }
    }

    private void requireOwner() {
        try {
            Object uid = Files.getAttribute(data.path(), "unix:uid");
            if (!(uid instanceof Number number) || number.longValue() != data.owner().uid()) {
                throw new PostgresException(
                        data
                                + " belongs to the user with the number "
                                + uid
                                + ", Howdah runs"
                                + " PostgreSQL as "
                                + data.owner().name(),
                        "run Howdah as root or as that user; as root it runs PostgreSQL as the user"
                                + " postgres");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at " + data, e);
        }
    }

    private void requireStoppedInOrder(ControlData control) {
        var running = new ServerProcesses(data).running();
        if (!running.isEmpty()) {
            throw new PostgresException(
                    "the server in " + data + " has died and left processes: " + running,
                    "end them, start the server and stop it in order, then adopt it");
        }
        if (!control.state().isCleanlyStopped()) {
            throw new PostgresException(
                    "the server in "
                            + data
                            + " was not stopped in order: its control file says "
                            + control.state(),
                    "start it as before, and adopt it while it runs");
        }
    }

    private Role role(ControlData control, @Nullable FormerAnswers answers) {
        boolean standby =
                data.hasStandbySignal()
                        || control.state() == ControlData.State.SHUT_DOWN_IN_RECOVERY
                        || control.state() == ControlData.State.IN_ARCHIVE_RECOVERY;
        if (answers != null && answers.recovering() != standby) {
            throw new PostgresException(
                    "the server in "
                            + data
                            + (standby
                                    ? " is a primary, but would start as a standby: there is a standby.signal"
                                    : " recovers, but is no standby"),
                    standby
                            ? "delete the standby.signal there, if it is to be a primary"
                            : "wait until its recovery has ended, then adopt it");
        }
        return standby ? Role.STANDBY : Role.PRIMARY;
    }

    /// Its last checkpoint: what follows it was written by the same server.
    private Position end(ControlData control) {
        TimelineId timeline =
                control.minRecoveryTimeline()
                        .map(reached -> TimelineId.max(reached, control.checkpointTimeline()))
                        .orElse(control.checkpointTimeline());
        return new Position(
                data.timelines()
                        .history(timeline)
                        .orElseThrow(() ->
                                new PostgresException(
                                        "the history of timeline "
                                                + timeline
                                                + " is missing in "
                                                + data.path().resolve("pg_wal"),
                                        "copy it there from the archive, then adopt it")),
                control.checkpoint());
    }

    /// One inside would go with the directory that a fresh copy replaces.
    private void requireTablespacesOutside() {
        for (Path place : Tablespaces.of(data.path())) {
            if (place.normalize().startsWith(data.path())) {
                throw new PostgresException(
                        "the database in "
                                + data
                                + " has a tablespace inside its data directory, "
                                + place,
                        "move what lies in it into pg_default (ALTER DATABASE ... SET TABLESPACE, ALTER"
                                + " TABLE ALL IN TABLESPACE ...), drop it, then adopt it");
            }
        }
    }
}
