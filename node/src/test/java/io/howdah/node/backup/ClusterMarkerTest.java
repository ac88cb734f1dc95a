package io.howdah.node.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.marker.Marker;
import io.howdah.backup.marker.MarkerTable;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.LeadershipReport;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.authority.Credentials;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.SqlIdentifier;
import io.howdah.testing.Await;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterMarkerTest {

    private static final List<URI> NOBODY = List.of(URI.create("http://127.0.0.1:1"));

    private final PrimaryAndStandby servers = new PrimaryAndStandby();

    @BeforeEach
    void makeTheTable() {
        try (PostgresConnection owner = PostgresConnection.open(servers.primary())) {
            owner.execute("create role howdah_backup");
            MarkerTable.make(owner, new SqlIdentifier("howdah_backup"));
        }
    }

    @AfterEach
    void close() {
        servers.close();
    }

    @Test
    void primaryKnowsItsNewestMarkerAndAsksNobody() {
        var marker =
                new ClusterMarker(() -> {
                    throw new AssertionError("asked");
                });
        assertThat(marker.read(servers.primary())).as("none was written").isEmpty();
        write();
        assertThat(numberOf(marker.read(servers.primary()))).contains(1L);
    }

    @Test
    void markerOfAStandbyCountsOnceItHasReplayedWhatThePrimaryHadWritten() {
        write();
        servers.awaitReplayed();
        assertThat(read(1, servers.written())).contains(1L);

        PrimaryAndStandby.execute(servers.standby(), "select pg_catalog.pg_wal_replay_pause()");
        write();
        assertThat(read(1, servers.written())).as("its marker is an old one").isEmpty();
        PrimaryAndStandby.execute(servers.standby(), "select pg_catalog.pg_wal_replay_resume()");
        servers.awaitReplayed();
        assertThat(read(1, servers.written())).contains(2L);
    }

    @Test
    void markerOfAStandbyDoesNotCountWhereItIsNotKnownToBeAsFar() {
        write();
        servers.awaitReplayed();
        Lsn written = servers.written();
        assertThat(new ClusterMarker(Optional::empty).read(servers.standby()))
                .as("no primary is known")
                .isEmpty();
        assertThat(read(2, written)).as("the primary is on another timeline").isEmpty();
        assertThat(read(1, null)).as("the primary does not say how far it is").isEmpty();
        assertThat(
                        new ClusterMarker(
                                        () -> {
                                            LeadershipReport _ =
                                                    new ApiClient(NOBODY, Credentials.none())
                                                            .leadership();
                                            return Optional.empty();
                                        })
                                .read(servers.standby()))
                .as("the primary cannot be asked")
                .isEmpty();
        servers.stopPrimary();
        Await.until(
                "it receives nothing", () -> LocalRole.of(servers.standby()) == LocalRole.BEHIND);
        assertThat(read(1, written)).as("it receives nothing").isEmpty();
    }

    /// As the worker does, but for the wait.
    private void write() {
        PrimaryAndStandby.execute(
                servers.primary(),
                "update howdah.marker set number = number + 1,"
                        + " at = pg_catalog.clock_timestamp()");
    }

    private Optional<Long> read(long timeline, @Nullable Lsn written) {
        var status =
                new MemberStatus(
                        "n1",
                        MemberRole.PRIMARY,
                        MemberState.RUNNING,
                        false,
                        new TimelineId(timeline),
                        written,
                        null,
                        0L,
                        null,
                        null,
                        "http://127.0.0.1:1",
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null);
        return numberOf(new ClusterMarker(() -> Optional.of(status)).read(servers.standby()));
    }

    private static Optional<Long> numberOf(Optional<Marker> marker) {
        return marker.map(Marker::number);
    }
}
