package io.howdah.cluster.member;

import io.howdah.postgres.ControlData;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Remembers what a data directory is by our doing, and up to which timeline. Where it is on a
/// higher one, or a primary ran where ours was a standby, somebody promoted it by hand, or took
/// `standby.signal` away and started it. What that one wrote may bear a number that was granted to
/// another: PostgreSQL takes the lowest that it sees no history of. So neither a comparison of
/// histories nor `pg_rewind` can tell it from a leader's WAL, whatever timeline it is on: the data
/// have strayed, until others take their place or the cluster promotes them.
///
/// It lies in the data directory, so it goes where that goes: a clone of the disk, a base backup
/// and a rewind carry it. For one thread.
final class TimelineMark {

    private static final String FILE = "howdah.timeline";

    /// Of every server that an agent starts, wherever its directory is.
    private static final String OUR_CONFIGURATION = "/conf/postgresql.conf";

    private static final Logger LOG = LoggerFactory.getLogger(TimelineMark.class);

    private final DataDirectory data;
    private final Path file;

    /// PostgreSQL writes down with what it was started last.
    private final Path options;

    private final DurableFiles durable;

    /// What could not be written.
    private DataRole.@Nullable Known unwritten;

    TimelineMark(DataDirectory data) {
        this.data = data;
        this.options = data.path().resolve("postmaster.opts");
        this.file = data.path().resolve(FILE);
        this.durable = new DurableFiles(data.owner());
    }

    // --- what we do

    /// A copy or a rewind has made it: a standby up to this timeline, which never ran.
    void isMade(TimelineId upTo) {
        durable.delete(options);
        write(new DataRole.Begins(upTo, data.controlFingerprint()));
    }

    /// A standby of somebody else's becomes ours, up to the timeline that it has come to.
    void isAdopted() {
        isAdopted(data.controlData().replayedTimeline(), data.controlFingerprint());
    }

    void isAdopted(TimelineId replayed, String control) {
        write(new DataRole.Adopted(replayed, control));
    }

    /// It is about to be started as a standby: a promotion that was asked for before is void. Its
    /// control file may be a primary's still.
    void starts() {
        starts(data.controlData().replayedTimeline(), data.controlFingerprint());
    }

    /// @param replayed as `ControlData.replayedTimeline` has it
    /// @param control what tells its control file from every other
    void starts(TimelineId replayed, String control) {
        if (isOn(replayed)) {
            return;
        }
        // how the database was started that is being adopted says nothing any more
        durable.delete(options);
        switch (role()) {
            case DataRole.Unknown _ -> write(new DataRole.Begins(replayed, control));
            case DataRole.Leads(TimelineId upTo) -> write(new DataRole.Begins(upTo, control));
            case DataRole.Adopted(TimelineId upTo, String _) ->
                    write(new DataRole.Begins(upTo, control));
            case DataRole.Begins(TimelineId upTo, String _) ->
                    write(new DataRole.Begins(upTo, control));
            case DataRole.Stands _, DataRole.Strayed _ -> {}
        }
    }

    /// It is about to be told whom to follow, and may come to this timeline; from there on it
    /// acknowledges. A promotion that was asked for before is void.
    void follows(TimelineId highest) {
        switch (role()) {
            case DataRole.Unknown _ -> write(new DataRole.Stands(highest));
            case DataRole.Leads(TimelineId upTo) ->
                    write(new DataRole.Stands(TimelineId.max(upTo, highest)));
            case DataRole.Stands(TimelineId upTo) ->
                    write(new DataRole.Stands(TimelineId.max(upTo, highest)));
            case DataRole.Adopted(TimelineId upTo, String control) ->
                    write(new DataRole.Begins(TimelineId.max(upTo, highest), control));
            case DataRole.Begins(TimelineId upTo, String control) ->
                    write(new DataRole.Begins(TimelineId.max(upTo, highest), control));
            case DataRole.Strayed _ -> {}
        }
    }

    /// It is about to be promoted by the cluster. An agent that comes after us may find it a
    /// standby for a moment still.
    void promotes(TimelineId granted) {
        write(new DataRole.Leads(granted));
    }

    /// It is about to be started as the leader that it is.
    void leads() {
        leads(data.controlData().replayedTimeline());
    }

    void leads(TimelineId last) {
        switch (role()) {
            case DataRole.Unknown _ -> write(new DataRole.Leads(last));
            case DataRole.Stands(TimelineId upTo) -> write(new DataRole.Leads(upTo));
            case DataRole.Adopted(TimelineId upTo, String _) -> write(new DataRole.Leads(upTo));
            case DataRole.Begins(TimelineId upTo, String _) -> write(new DataRole.Leads(upTo));
            case DataRole.Leads _, DataRole.Strayed _ -> {}
        }
    }

    /// The database is another's: what stands here says nothing of it.
    void forget() {
        durable.delete(file);
        unwritten = null;
    }

    // --- what we see

    /// It answers as a standby, by its control file too.
    ///
    /// @return whether that shows just now that the data have strayed
    boolean stands(TimelineId on) {
        if (isOn(on)) {
            return true;
        }
        switch (role()) {
            case DataRole.Unknown _ -> note(new DataRole.Stands(on));
            case DataRole.Adopted(TimelineId upTo, String _) -> note(new DataRole.Stands(upTo));
            case DataRole.Begins(TimelineId upTo, String _) -> note(new DataRole.Stands(upTo));
            case DataRole.Stands _, DataRole.Leads _, DataRole.Strayed _ -> {}
        }
        return false;
    }

    /// It answers as a primary.
    ///
    /// @return whether that shows just now that the data have strayed
    boolean ranAsPrimary(TimelineId on) {
        if (isOn(on)) {
            return true;
        }
        return switch (role()) {
            case DataRole.Unknown _ -> {
                note(new DataRole.Leads(on));
                yield false;
            }
            case DataRole.Leads _, DataRole.Strayed _ -> false;
            case DataRole.Adopted(TimelineId upTo, String _) -> strays(upTo);
            case DataRole.Begins(TimelineId upTo, String _) -> strays(upTo);
            case DataRole.Stands(TimelineId upTo) -> strays(upTo);
        };
    }

    /// It is stopped; its control file says what ran last.
    ///
    /// @return whether that shows just now that the data have strayed
    boolean stopped() {
        ControlData last = data.controlData();
        return stopped(last.state(), last.replayedTimeline(), data.controlFingerprint());
    }

    boolean stopped(ControlData.State last, TimelineId replayed, String control) {
        if (isOn(replayed)) {
            return true;
        }
        DataRole role = role();
        boolean primaryRan =
                (!(role instanceof DataRole.Adopted) && startedByOthers())
                        || switch (last) {
                            case SHUT_DOWN_IN_RECOVERY, IN_ARCHIVE_RECOVERY -> false;
                            // a primary's data begin with that also as a standby
                            case IN_CRASH_RECOVERY -> role instanceof DataRole.Stands;
                            case STARTING_UP, SHUT_DOWN, SHUTTING_DOWN, IN_PRODUCTION ->
                                    !role.isAsItBegan(control);
                        };
        return primaryRan && role.isStandbys() && strays(role.upTo().orElseThrow());
    }

    /// Whether that shows that the data have strayed: they are on a timeline that they cannot have
    /// come to by our doing.
    private boolean isOn(TimelineId timeline) {
        DataRole role = role();
        return !(role instanceof DataRole.Strayed)
                && role.upTo()
                        .filter(upTo -> timeline.compareTo(upTo) > 0)
                        .map(this::strays)
                        .orElse(false);
    }

    /// Somebody started a server here without our configuration. What it ran as does not show: who
    /// writes as a primary and is then started as a standby leaves a standby's control file.
    private boolean startedByOthers() {
        try {
            return !Files.readString(options).contains(OUR_CONFIGURATION);
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + options, e);
        }
    }

    private boolean strays(TimelineId upTo) {
        note(new DataRole.Strayed(upTo));
        return true;
    }

    // --- what is known

    /// The highest timeline that it can have come to by our doing, if the data have strayed since.
    Optional<TimelineId> strayedFrom() {
        return role() instanceof DataRole.Strayed(TimelineId upTo)
                ? Optional.of(upTo)
                : Optional.empty();
    }

    /// The highest timeline that it can have come to by our doing; empty where nothing was said.
    Optional<TimelineId> upTo() {
        return role().upTo();
    }

    /// Whether its database is a leader's, up to this timeline; so it is where nothing is said, as
    /// in what an earlier build made.
    boolean isLeaders(TimelineId on) {
        DataRole role = role();
        return role instanceof DataRole.Unknown
                || (role instanceof DataRole.Leads(TimelineId upTo) && on.compareTo(upTo) <= 0);
    }

    /// Of a server that runs: whether the cluster made it the leader, or has asked for that.
    /// Whatever is started as a standby is none.
    boolean isPromoted() {
        return role() instanceof DataRole.Leads;
    }

    private DataRole role() {
        DataRole known = unwritten;
        if (known != null) {
            return known;
        }
        try {
            return DataRole.parse(Files.readString(file).strip());
        } catch (NoSuchFileException e) {
            return new DataRole.Unknown();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        } catch (IllegalArgumentException e) {
            throw new PostgresException(
                    file + " is damaged: " + e.getMessage(),
                    "if somebody wrote into it, delete it; if not, so may the data be: `howdah reinit` copies them anew",
                    e);
        }
    }

    private void write(DataRole.Known role) {
        if (!role.equals(role())) {
            durable.write(file, role.text() + "\n");
        }
        unwritten = null;
    }

    /// What is seen counts also where the disk is full.
    private void note(DataRole.Known role) {
        try {
            write(role);
        } catch (UncheckedIOException e) {
            if (!role.equals(unwritten)) {
                LOG.error("{} says no more than is known: {}", file, e.getMessage());
            }
            unwritten = role;
        }
    }
}
