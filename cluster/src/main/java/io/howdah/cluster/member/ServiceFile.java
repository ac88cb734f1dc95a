package io.howdah.cluster.member;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.wire.Secret;
import io.howdah.postgres.wire.ServerAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The libpq service file that says whom the standby's WAL receiver connects to. `primary_conninfo`
/// is constant (`service=howdah`); libpq reads this file at each connect, so an empty one makes
/// every receiver fail that starts after it was written, whoever asked for it and whenever (shown
/// by experiment; reloading a setting is not certain). For one thread.
final class ServiceFile {

    /// What `primary_conninfo` is, always.
    static final String CONNINFO = "service=howdah";

    private static final String EPOCH_LINE = "# epoch ";

    private final Path file;
    private final DurableFiles files;
    private final KeyCopies keys;

    ServiceFile(Path file, DurableFiles files, KeyCopies keys) {
        this.file = file;
        this.files = files;
        this.keys = keys;
    }

    Path path() {
        return file;
    }

    /// By what the server's libpq finds this file, and no other: a service that one file does not
    /// have it looks for in the machine's `pg_service.conf`, and a `[howdah]` there would undo
    /// every cut. That one's directory is ours, too; no such file is ever in it.
    Map<String, String> environment() {
        return Map.of(
                "PGSERVICEFILE",
                file.toString(),
                "PGSYSCONFDIR",
                Objects.requireNonNull(file.getParent(), "the service file's directory")
                        .toString());
    }

    /// No leader: durable when this returns. Where nothing can be written, as on a full disk, the
    /// file goes: to libpq a service that it does not find is an error, too.
    void empty() {
        try {
            files.write(file, "# cut off: no leader may be followed\n");
        } catch (UncheckedIOException e) {
            files.delete(file);
        }
    }

    /// This leader, as this standby, for as long as it is a primary: where it has come back as a
    /// standby, and no agent is here to say whom to follow instead, nothing flows that would lead
    /// into a timeline which nobody here knows of. Durable when this returns.
    void fill(Upstream upstream, Follower.StandbyName name, Secret password) {
        files.write(
                file,
                text("leader", upstream, name.toString(), password)
                        + entry("target_session_attrs", "primary"));
    }

    /// A member that does not lead, for a standby that has voted: by a name that no standby can
    /// have, as it contains spaces, so nothing can be acknowledged by it. Durable when this
    /// returns.
    ///
    /// @return whether the file said anything else before
    boolean fillToCatchUp(Upstream source, NodeName self, Secret password) {
        String text = text("catching up from", source, "howdah catch-up of " + self, password);
        boolean changed = !text.equals(content());
        if (changed) {
            files.write(file, text);
        }
        return changed;
    }

    private String text(String what, Upstream upstream, String name, Secret password) {
        return EPOCH_LINE
                + upstream.epoch()
                + " "
                + what
                + " "
                + upstream.leader()
                + "\n[howdah]\n"
                + entry("host", upstream.host())
                + entry("port", Integer.toString(upstream.port()))
                + entry("user", ServerRoles.REPLICATION)
                + entry("password", new String(password.reveal()))
                + entry("application_name", name)
                + encryption(keys)
                + entry("connect_timeout", "5")
                + entry("tcp_user_timeout", "10000");
    }

    /// For `pg_rewind`: the same form, another role, written to a file of its own.
    static String rewindEntry(Upstream upstream, NodeName self, Secret password, KeyCopies keys) {
        return "[howdah]\n"
                + entry("host", upstream.host())
                + entry("port", Integer.toString(upstream.port()))
                + entry("user", ServerRoles.REWIND)
                + entry("password", new String(password.reveal()))
                + entry("application_name", "howdah_rewind_" + self)
                + entry("dbname", "postgres")
                + encryption(keys)
                + entry("connect_timeout", "5")
                + entry("keepalives_idle", "5")
                + entry("keepalives_interval", "2")
                + entry("keepalives_count", "3")
                + entry("tcp_user_timeout", "10000");
    }

    private static String encryption(KeyCopies keys) {
        StringBuilder entries = new StringBuilder();
        keys.connecting().forEach((key, value) -> entries.append(entry(key, value)));
        return entries.toString();
    }

    /// The epoch whose leader the file names, or which is over while it catches up; empty when the
    /// file names nobody.
    Optional<Epoch> epoch() {
        String first = content().lines().findFirst().orElse("");
        return first.startsWith(EPOCH_LINE)
                ? Optional.of(
                        new Epoch(
                                Long.parseLong(
                                        first.substring(EPOCH_LINE.length()).split(" ", 2)[0])))
                : Optional.empty();
    }

    /// Where the file says that its leader listens; empty when it names nobody.
    Optional<ServerAddress.Tcp> address() {
        String text = content();
        return value(text, "host")
                .flatMap(host ->
                        value(text, "port")
                                .map(port -> new ServerAddress.Tcp(host, Integer.parseInt(port))));
    }

    private static Optional<String> value(String text, String key) {
        return text.lines()
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1))
                .findFirst();
    }

    private String content() {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static String entry(String key, String value) {
        if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0) {
            throw new IllegalArgumentException("a line break in " + key);
        }
        return key + "=" + value + "\n";
    }
}
