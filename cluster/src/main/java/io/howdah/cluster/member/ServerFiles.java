package io.howdah.cluster.member;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.HostBasedAccess;
import io.howdah.postgres.Machine;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.ServerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// PostgreSQL's configuration files. They lie beside the data directory, not in it: a copy or a
/// rewind brings the source's files along, and those name the source's port and standbys. For one
/// thread.
final class ServerFiles {

    /// A name that no standby has: whoever commits waits.
    static final String NOBODY = "ANY 1 (\"howdah nobody\")";

    private final Path directory;
    private final DurableFiles files;
    private final ServerSettings settings;
    private final KeyCopies keys;
    private final ManagedSettings managed;
    private final List<String> superuserLogins;

    ServerFiles(ManagedSettings managed, Path directory, OperatingSystemUser owner) {
        this.directory = directory;
        this.files = new DurableFiles(owner);
        this.managed = managed;
        this.keys = new KeyCopies(managed.keys(), directory, files);
        this.settings =
                keys.addTo(
                        ServerSettings.forMachine(
                                        Machine.here(managed.serversOnThisMachine()),
                                        managed.installation().version().major(),
                                        managed.installation()::hasLibrary)
                                .withOperators(managed.parameters()));
        Set<String> logins =
                new LinkedHashSet<>(List.of(owner.name(), OperatingSystemUser.ourselves().name()));
        this.superuserLogins = List.copyOf(logins);
        access();
    }

    private HostBasedAccess access() {
        return new HostBasedAccess(
                ServerRoles.ACCESS,
                managed.memberAddresses().get(),
                keys.encrypt(),
                superuserLogins,
                managed.access());
    }

    KeyCopies keys() {
        return keys;
    }

    Path configuration() {
        return directory.resolve("postgresql.conf");
    }

    private Path hba() {
        return directory.resolve("pg_hba.conf");
    }

    /// What goes on the command line so that PostgreSQL reads these files and no others.
    Map<String, String> parameters() {
        Map<String, String> parameters = new TreeMap<>();
        parameters.put("config_file", configuration().toString());
        parameters.put("hba_file", hba().toString());
        parameters.put("ident_file", directory.resolve("pg_ident.conf").toString());
        return parameters;
    }

    /// Writes everything, for a start.
    void write(boolean open, InForce names, Epoch epoch) {
        files.createDirectory(directory);
        files.write(directory.resolve("pg_ident.conf"), access().ident());
        keys.refresh();
        writeAccess(open);
        writeNames(names, epoch);
    }

    void writeAccess(boolean open) {
        files.write(hba(), hba(open));
    }

    private String hba(boolean open) {
        return open ? access().open() : access().closed();
    }

    /// Brings what can change while the server runs up to date.
    ///
    /// @return whether the server has to read its files anew
    boolean refresh() {
        boolean changed = keys.refresh();
        String present = content();
        String wanted = hba(HostBasedAccess.isOpen(present));
        if (!wanted.equals(present)) {
            files.write(hba(), wanted);
            changed = true;
        }
        return changed;
    }

    /// What `synchronous_standby_names` becomes at the next reload.
    void writeNames(InForce names, Epoch epoch) {
        files.write(
                configuration(),
                settings.with("synchronous_standby_names", text(names, epoch)).render());
    }

    boolean isOpen() {
        return HostBasedAccess.isOpen(content());
    }

    private String content() {
        try {
            return Files.readString(hba());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + hba(), e);
        }
    }

    static String text(InForce names, Epoch epoch) {
        return switch (names) {
            case InForce.Alone alone -> "";
            case InForce.Nobody nobody -> NOBODY;
            case InForce.Unknown unknown ->
                    throw new IllegalArgumentException("unknown is nothing to bring into force");
            case InForce.Names(var members, int required) ->
                    "ANY "
                            + required
                            + " ("
                            + members.entrySet().stream()
                                    .map(member ->
                                            "\""
                                                    + new Follower.StandbyName(
                                                            member.getKey(),
                                                            member.getValue(),
                                                            epoch)
                                                    + "\"")
                                    .collect(Collectors.joining(", "))
                            + ")";
        };
    }
}
