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
import java.util.TreeMap;
import java.util.stream.Collectors;

/// PostgreSQL's configuration files. They lie beside the data directory, not in it: a copy or a
/// rewind brings the source's files along, and those name the source's port and standbys. For one
/// thread.
final class ServerFiles {

    /// A name that no standby has: whoever commits waits.
    static final String NOBODY = "ANY 1 (\"howdah nobody\")";

    private static final String NAMES = "synchronous_standby_names";

    /// How long a standby waits from one WAL receiver that did not get through to the next.
    private static final String RETRY = "wal_retrieve_retry_interval";

    /// Its value while there is nobody to follow.
    private static final String REST = "2s";

    /// Whoever does not ask for another transaction gets one that cannot write.
    private static final String READ_ONLY = "default_transaction_read_only";

    private final Path directory;
    private final DurableFiles files;
    private final KeyCopies keys;
    private final ManagedSettings managed;
    private final List<String> superuserLogins;
    private final ServerSettings generated;
    private ServerSettings settings;
    private List<String> access;
    private Map<String, Integer> floors = Map.of();
    private Map<String, Integer> ceilings = Map.of();
    private boolean looksForNobody;

    ServerFiles(ManagedSettings managed, Path directory, OperatingSystemUser owner) {
        this.directory = directory;
        this.files = new DurableFiles(owner);
        this.managed = managed;
        this.keys = new KeyCopies(managed.keys(), directory, files);
        this.generated = generated(managed);
        this.settings = keys.addTo(generated.withOperators(managed.parameters()));
        this.superuserLogins = logins(owner);
        this.access = managed.access();
        access();
    }

    static ServerSettings generated(ManagedSettings managed) {
        return ServerSettings.forMachine(
                Machine.here(managed.serversOnThisMachine()),
                managed.installation().version().major(),
                managed.installation()::hasLibrary);
    }

    static List<String> logins(OperatingSystemUser owner) {
        return List.copyOf(
                new LinkedHashSet<>(List.of(owner.name(), OperatingSystemUser.ourselves().name())));
    }

    static HostBasedAccess access(
            ManagedSettings managed, List<String> logins, List<String> lines) {
        return new HostBasedAccess(
                ServerRoles.ACCESS,
                managed.memberAddresses().get(),
                managed.keys() != null,
                logins,
                lines);
    }

    private HostBasedAccess access() {
        return access(managed, superuserLogins, access);
    }

    KeyCopies keys() {
        return keys;
    }

    /// Takes other settings of the operator's, for what is written from now on.
    ///
    /// @throws io.howdah.postgres.PostgresException when one is not allowed; nothing is changed
    ///   then
    void configure(Map<String, String> parameters, List<String> lines) {
        ServerSettings changed = keys.addTo(generated.withOperators(parameters));
        access(managed, superuserLogins, lines);
        access = lines;
        settings = changed;
    }

    /// Writes anew what a running server reads, with the doors and the names as they are.
    void rewrite() {
        writeAccess(isOpen());
        rewriteConfiguration();
    }

    /// Whether what is written from now on is for a standby that has nobody to follow. Each WAL
    /// receiver is a process, and one that finds nobody in the service file is started in vain: so
    /// while nobody leads next to none is started, and the machine's time is the election's. Who
    /// wakes the startup process need not wait for its next attempt.
    void looksForNobody(boolean nobody) {
        looksForNobody = nobody;
    }

    /// As `rewrite`, but for what stands in `postgresql.conf` alone.
    void rewriteConfiguration() {
        files.write(configuration(), rendered(namesInFile()));
    }

    /// A standby must not have less of some settings than its primary has: it would not start, or
    /// would stop replaying.
    ///
    /// @param least what these are at least; empty for a primary
    /// @param most what these are at most: a primary that has standbys is not raised above them by
    ///   its own restart
    void bound(Map<String, Integer> least, Map<String, Integer> most) {
        floors = Map.copyOf(least);
        ceilings = Map.copyOf(most);
    }

    /// The settings that are held at another value than the operator wants.
    List<PendingSetting> held() {
        return settings.asMap().entrySet().stream()
                .map(setting ->
                        new PendingSetting(
                                setting.getKey(),
                                bounded(setting.getKey(), setting.getValue()),
                                setting.getValue()))
                .filter(setting -> !setting.running().equals(setting.configured()))
                .toList();
    }

    private String bounded(String name, String value) {
        if (!value.matches("[0-9]{1,9}")) {
            return value;
        }
        int wanted = Integer.parseInt(value);
        int most = ceilings.getOrDefault(name, Integer.MAX_VALUE);
        int least = floors.getOrDefault(name, Integer.MIN_VALUE);
        int bounded = Math.max(least, Math.min(most, wanted));
        return bounded == wanted ? value : Integer.toString(bounded);
    }

    private String rendered(String names) {
        ServerSettings all = settings.with(NAMES, names);
        if (managed.writesStopped().getAsBoolean()) {
            all = all.with(READ_ONLY, "on");
        }
        if (looksForNobody) {
            all = all.with(RETRY, REST);
        }
        for (PendingSetting setting : held()) {
            all = all.with(setting.name(), setting.running());
        }
        return all.render();
    }

    /// The names that were written last, perhaps by an agent before this one.
    private String namesInFile() {
        String start = NAMES + " = '";
        return read(configuration())
                .lines()
                .filter(line -> line.startsWith(start) && line.endsWith("'"))
                .findFirst()
                .map(line -> line.substring(start.length(), line.length() - 1))
                .map(text -> text.replace("''", "'").replace("\\\\", "\\"))
                .orElse(NOBODY);
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
        String present = read(hba());
        String wanted = hba(HostBasedAccess.isOpen(present));
        if (!wanted.equals(present)) {
            files.write(hba(), wanted);
            changed = true;
        }
        if (!retryLine(read(configuration())).equals(retryLine(rendered(NOBODY)))) {
            rewriteConfiguration();
            changed = true;
        }
        return changed;
    }

    private static String retryLine(String configuration) {
        return configuration
                .lines()
                .filter(line -> line.startsWith(RETRY + " "))
                .findFirst()
                .orElse("");
    }

    /// Has writes refused, or not any more, as is wanted now.
    ///
    /// @return whether the server has to read its files anew
    boolean refreshWrites() {
        boolean wanted =
                managed.writesStopped().getAsBoolean()
                        || "on".equals(settings.asMap().get(READ_ONLY));
        if (wanted == refusesWrites()) {
            return false;
        }
        rewriteConfiguration();
        return true;
    }

    /// Whether the file says that writes are refused.
    boolean refusesWrites() {
        String line = READ_ONLY + " = 'on'";
        return read(configuration()).lines().anyMatch(line::equals);
    }

    /// What `synchronous_standby_names` becomes at the next reload.
    void writeNames(InForce names, Epoch epoch) {
        files.write(configuration(), rendered(text(names, epoch)));
    }

    /// Whether the doors are open, whichever lines of the operator's are written there.
    boolean isOpen() {
        return HostBasedAccess.isOpen(read(hba()));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
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
