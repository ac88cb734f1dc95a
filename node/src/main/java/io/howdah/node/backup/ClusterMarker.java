package io.howdah.node.backup;

import io.howdah.backup.marker.Marker;
import io.howdah.backup.marker.MarkerTable;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiException;
import io.howdah.node.api.LeadershipReport;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.authority.CredentialException;
import io.howdah.node.authority.Credentials;
import io.howdah.node.authority.KeyFiles;
import io.howdah.node.authority.KeyMaterial;
import io.howdah.node.configuration.NodeAddress;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.WireException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The newest marker that a cluster has acknowledged, read on any of its members. What a standby
/// has is the newest only once it has replayed what the primary had written, so the primary is
/// asked for that; its answer is about a second old at most. Thread-safe.
///
/// @param primary asks the primary for its status; empty where none is known
public record ClusterMarker(Supplier<Optional<MemberStatus>> primary) {

    /// How long a standby may take to come as far: later its marker would be too new.
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Logger LOG = LoggerFactory.getLogger(ClusterMarker.class);

    /// That of a node's cluster.
    public static ClusterMarker of(NodeConfiguration configuration) {
        return new ClusterMarker(() -> ask(configuration));
    }

    /// Nodes tell each other who leads, and how they are themselves.
    private static Optional<MemberStatus> ask(NodeConfiguration configuration) {
        List<URI> nodes =
                configuration.nodes().values().stream()
                        .map(node -> URI.create(configuration.apiUrl(node)))
                        .toList();
        var client = new ApiClient(nodes, credentials(configuration));
        LeadershipReport.Primary leader = client.leadership().primary();
        NodeAddress address = leader == null ? null : configuration.nodes().get(leader.node());
        return address == null
                ? Optional.empty()
                : Optional.of(client.at(configuration.apiUrl(address)).node())
                        .filter(member -> member.role() == MemberRole.PRIMARY);
    }

    /// Read each time: they are renewed now and then.
    private static Credentials credentials(NodeConfiguration configuration) {
        KeyFiles files = configuration.tls();
        return files == null
                ? Credentials.none()
                : Credentials.of(
                        KeyMaterial.load(
                                new KeyFiles(
                                        files.authority(),
                                        files.certificate(),
                                        files.key(),
                                        null)));
    }

    /// Reads it.
    ///
    /// @param member one of the cluster's servers
    /// @return empty where there is none, or it is not known whether this one is the newest
    public Optional<Marker> read(ConnectionSettings member) {
        try (PostgresConnection session = PostgresConnection.open(member)) {
            if (isPrimary(session) || hasReplayedAll(session)) {
                return MarkerTable.read(session);
            }
            LOG.info(
                    "the RPO is not measured: this standby is not known to be as far as its primary");
        } catch (WireException | ApiException | CredentialException e) {
            LOG.info("the RPO is not measured: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    private static boolean isPrimary(PostgresConnection session) {
        return !session.query("select pg_catalog.pg_is_in_recovery() as standby")
                .single()
                .booleanValue("standby");
    }

    private boolean hasReplayedAll(PostgresConnection session) throws InterruptedException {
        Optional<MemberStatus> asked = primary.get();
        long from = System.nanoTime();
        while (asked.isPresent()) {
            if (hasReplayed(session, asked.get())) {
                return true;
            }
            if (System.nanoTime() - from > PATIENCE.toNanos()) {
                break;
            }
            Thread.sleep(LOOK);
        }
        return false;
    }

    /// On its timeline, and as far as it was.
    private static boolean hasReplayed(PostgresConnection session, MemberStatus primary) {
        Lsn written = primary.lsn();
        TimelineId timeline = primary.timeline();
        return written != null
                && timeline != null
                && session.query(
                                """
                                select pg_catalog.pg_last_wal_replay_lsn() as replayed,
                                       received_tli as timeline
                                  from pg_catalog.pg_stat_wal_receiver
                                 where status = 'streaming'
                                """)
                        .first()
                        .filter(row -> row.longValue("timeline") == timeline.value())
                        .flatMap(row -> row.optionalLsn("replayed"))
                        .filter(replayed -> replayed.isAtLeast(written))
                        .isPresent();
    }
}
