package io.howdah.cluster.member;

import static io.howdah.postgres.ControlData.State.IN_ARCHIVE_RECOVERY;
import static io.howdah.postgres.ControlData.State.IN_CRASH_RECOVERY;
import static io.howdah.postgres.ControlData.State.IN_PRODUCTION;
import static io.howdah.postgres.ControlData.State.SHUT_DOWN;
import static io.howdah.postgres.ControlData.State.SHUT_DOWN_IN_RECOVERY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.TimelineId;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimelineMarkTest {

    private static final TimelineId SIX = new TimelineId(6);
    private static final TimelineId SEVEN = new TimelineId(7);
    private static final TimelineId EIGHT = new TimelineId(8);

    @TempDir private Path directory;
    private TimelineMark mark = anotherAgents();

    private TimelineMark anotherAgents() {
        return new TimelineMark(
                new DataDirectory(
                        directory == null ? Path.of("/") : directory,
                        OperatingSystemUser.forPostgres()));
    }

    @BeforeEach
    void begin() {
        mark = anotherAgents();
    }

    @Test
    void aStandbyThatAnswersStaysOneWhateverItIsStoppedAs() {
        mark.starts(SIX, "control");
        assertThat(mark.stands(SIX)).isFalse();
        assertThat(mark.stopped(SHUT_DOWN_IN_RECOVERY, SIX, "later")).isFalse();
        assertThat(mark.stopped(IN_ARCHIVE_RECOVERY, SIX, "later")).isFalse();
        assertThat(mark.strayedFrom()).isEmpty();
    }

    /// An agent that comes while PostgreSQL is still a standby must not tell the dead man's switch
    /// that nothing here may become a primary.
    @Test
    void fromTheRequestOnItIsPromotedUntilItIsAStandbyAgain() {
        assertThat(mark.isPromoted()).isFalse();
        mark.promotes(SIX);
        assertThat(anotherAgents().isPromoted()).isTrue();
        mark.starts(SIX, "control");
        assertThat(mark.isPromoted()).isFalse();
        mark.promotes(SEVEN);
        mark.follows(SEVEN);
        assertThat(mark.isPromoted()).isFalse();
    }

    /// Its control file is the former primary's until it has recovered.
    @Test
    void aFormerPrimaryThatDiesAsItStartsIsNoStray() {
        mark.promotes(SIX);
        assertThat(mark.ranAsPrimary(SIX)).isFalse();
        assertThat(mark.stopped(IN_PRODUCTION, SIX, "control")).isFalse();
        mark.starts(SIX, "control");
        assertThat(mark.stopped(IN_PRODUCTION, SIX, "control")).isFalse();
        assertThat(mark.stopped(IN_CRASH_RECOVERY, SIX, "later")).isFalse();
        mark.starts(SIX, "later");
        assertThat(anotherAgents().stopped(IN_CRASH_RECOVERY, SIX, "later")).isFalse();
        assertThat(mark.stopped(IN_PRODUCTION, SIX, "somebody's")).isTrue();
    }

    @Test
    void whereAPrimaryRanInAStandbyTheDataHaveStrayed() {
        mark.starts(SIX, "control");
        mark.stands(SIX);
        assertThat(mark.stopped(SHUT_DOWN, SIX, "control")).isTrue();
        assertThat(mark.stopped(SHUT_DOWN, SIX, "control")).as("said once").isFalse();
        assertThat(anotherAgents().strayedFrom()).contains(SIX);
        mark.starts(SIX, "control");
        mark.follows(EIGHT);
        assertThat(mark.strayedFrom()).contains(SIX);
        mark.promotes(EIGHT);
        assertThat(mark.strayedFrom()).as("the cluster has promoted it").isEmpty();
    }

    @Test
    void aTimelineThatItCannotHaveComeToIsSomebodyElses() {
        mark.starts(SIX, "control");
        mark.stands(SIX);
        mark.follows(SEVEN);
        assertThat(mark.stands(SEVEN)).isFalse();
        assertThat(mark.stands(EIGHT)).isTrue();
        assertThat(mark.strayedFrom()).contains(SEVEN);
    }

    /// Promoted by hand and stopped, then made a standby again while the agent was away.
    @Test
    void whoWasMadeAStandbyAgainIsToldByItsTimeline() {
        mark.starts(SIX, "control");
        mark.stands(SIX);
        assertThat(mark.stopped(SHUT_DOWN_IN_RECOVERY, SEVEN, "later")).isTrue();
    }

    /// It may have run as a primary, and then as a standby again.
    @Test
    void aStandbyThatSomebodyElseStartedHasStrayed() throws Exception {
        Path options = directory.resolve("postmaster.opts");
        Files.writeString(options, "/usr/bin/postgres -D data");
        mark.starts(SIX, "adopted");
        assertThat(options).doesNotExist();
        mark.stands(SIX);
        Files.writeString(options, "postgres -c config_file=/srv/n1/conf/postgresql.conf -D data");
        assertThat(mark.stopped(SHUT_DOWN_IN_RECOVERY, SIX, "control")).isFalse();
        Files.writeString(options, "/usr/bin/postgres -D data");
        assertThat(mark.stopped(SHUT_DOWN_IN_RECOVERY, SIX, "control")).isTrue();
    }

    /// Before an agent has started it, whatever ran it before may start it once more, and somebody
    /// may promote it.
    @Test
    void anAdoptedStandbyThatIsStartedByOthersHasStrayedOnlyWhereAPrimaryRan() throws Exception {
        Files.writeString(directory.resolve("postmaster.opts"), "/usr/bin/postgres -D data");
        mark.isAdopted(SIX, "control");
        assertThat(mark.stopped(SHUT_DOWN, SIX, "control")).as("as it was found").isFalse();
        assertThat(mark.stopped(SHUT_DOWN_IN_RECOVERY, SIX, "later")).isFalse();
        assertThat(anotherAgents().stopped(SHUT_DOWN, SEVEN, "later")).isTrue();

        mark.isAdopted(SIX, "control");
        mark.starts(SEVEN, "later");
        assertThat(mark.strayedFrom()).contains(SIX);

        mark.isAdopted(SIX, "control");
        assertThat(mark.stopped(IN_PRODUCTION, SIX, "later")).isTrue();

        mark.isAdopted(SIX, "control");
        mark.starts(SIX, "later");
        assertThat(mark.stands(SIX)).isFalse();
        assertThat(mark.ranAsPrimary(SIX)).isTrue();
    }

    @Test
    void aFormerLeaderThatIsPromotedByHandHasStrayed() {
        mark.promotes(SIX);
        assertThat(mark.ranAsPrimary(SIX)).isFalse();
        assertThat(mark.stands(SIX)).as("somebody has started it").isFalse();
        assertThat(mark.ranAsPrimary(SEVEN)).isTrue();
        assertThat(mark.strayedFrom()).contains(SIX);
    }

    @Test
    void aFormerLeaderWhoseDataSomebodyPromotedIsNotStartedAsIfNothingWere() {
        mark.promotes(SIX);
        mark.starts(SEVEN, "control");
        assertThat(mark.strayedFrom()).contains(SIX);
    }

    @Test
    void aLeaderThatIsRestartedByHandIsNoStray() {
        mark.leads(SIX);
        assertThat(mark.stands(SIX)).isFalse();
        assertThat(mark.ranAsPrimary(SIX)).isFalse();
        assertThat(mark.stopped(SHUT_DOWN, SIX, "control")).isFalse();
    }

    /// An agent that was killed as it promoted; another was elected, and this one follows it.
    @Test
    void whoFollowsIsNoLeaderAnyMore() {
        mark.promotes(SEVEN);
        mark.follows(EIGHT);
        assertThat(mark.stands(SIX)).isFalse();
        assertThat(mark.ranAsPrimary(SEVEN)).isTrue();
    }

    @Test
    void dataAreALeadersUpToItsOwnTimelineOnly() {
        assertThat(mark.isLeaders(SIX)).as("nothing was written down").isTrue();
        mark.promotes(SIX);
        assertThat(mark.isLeaders(SIX)).isTrue();
        assertThat(mark.isLeaders(SEVEN)).isFalse();
        mark.follows(SEVEN);
        assertThat(mark.isLeaders(SEVEN)).isFalse();
    }

    @Test
    void whatSomebodyWroteIntoItIsNotReadAsAnything() throws Exception {
        Files.writeString(directory.resolve("howdah.timeline"), "leads seven\n");
        assertThatThrownBy(mark::strayedFrom)
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("howdah.timeline")
                .hasMessageContaining("HINT");
    }
}
