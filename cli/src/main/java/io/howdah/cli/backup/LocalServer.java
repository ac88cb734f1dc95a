package io.howdah.cli.backup;

import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.take.BackupSource;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresServer;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.postgres.wire.WireException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A server that runs on this machine, and can be backed up. Immutable.
///
/// @param name what an operator calls it
/// @param source its files, and how to talk to it
/// @param standby whether it follows another one
/// @param memory which repositories its node has found before
public record LocalServer(
        String name, BackupSource source, boolean standby, RepositoryMemory memory) {

    private static final String USER = "postgres";

    /// A directory in which a server may run.
    ///
    /// @param name what an operator calls it
    /// @param directory its data directory
    /// @param memory which repositories its node has found before
    public record Place(String name, Path directory, RepositoryMemory memory) {}

    /// The server to back up: a standby, as that spares the primary, else the primary.
    ///
    /// @throws CommandFailure when none runs, or none answers
    public static LocalServer choose(List<Place> places) {
        var problems = new ArrayList<String>();
        LocalServer primary = null;
        for (Place place : places) {
            Optional<LocalServer> found = find(place, problems);
            if (found.isPresent() && found.get().standby()) {
                return found.get();
            }
            primary = found.orElse(primary);
        }
        if (primary != null) {
            return primary;
        }
        throw CommandFailure.failed(
                String.join("; ", problems),
                "start it, or run this as a user that may connect to it over its local socket as"
                        + " "
                        + USER);
    }

    /// Those that run and answer, the primary first: it knows what was acknowledged last.
    public static List<LocalServer> running(List<Place> places) {
        return places.stream()
                .flatMap(place -> find(place, new ArrayList<>()).stream())
                .sorted(Comparator.comparing(LocalServer::standby))
                .toList();
    }

    private static Optional<LocalServer> find(Place place, List<String> problems) {
        var data = new DataDirectory(place.directory(), OperatingSystemUser.forPostgres());
        Optional<ServerAddress.UnixSocket> address = PostgresServer.localAddress(data);
        if (address.isEmpty()) {
            problems.add("no server runs in " + place.directory());
            return Optional.empty();
        }
        var settings = ConnectionSettings.of(address.get(), USER);
        try (PostgresConnection connection = PostgresConnection.open(settings)) {
            boolean standby =
                    connection
                            .query("select pg_catalog.pg_is_in_recovery() as standby")
                            .single()
                            .booleanValue("standby");
            return Optional.of(
                    new LocalServer(
                            place.name(),
                            new BackupSource(data, settings, place.name()),
                            standby,
                            place.memory()));
        } catch (WireException e) {
            problems.add(
                    "the server in " + place.directory() + " does not answer: " + e.getMessage());
            return Optional.empty();
        }
    }
}
