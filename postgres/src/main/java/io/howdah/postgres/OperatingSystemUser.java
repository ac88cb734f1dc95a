package io.howdah.postgres;

import io.howdah.postgres.process.Command;
import io.howdah.postgres.process.Priority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The operating system's user that PostgreSQL runs as. PostgreSQL refuses root: so where we are
/// root it is the user `postgres`, or `nobody` where there is none; otherwise it is ourselves.
/// Immutable; thread-safe.
///
/// @param name its name
/// @param uid its number
/// @param gid the number of its own group
/// @param groups the numbers of all its groups
/// @param another whether it is another user than the one we run as (then we are root)
public record OperatingSystemUser(
        String name, long uid, long gid, Set<Long> groups, boolean another) {

    private static final Duration LOOKUP_DEADLINE = Duration.ofSeconds(10);

    /// What programs that we run find on their PATH.
    public static final String PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static final Pattern PRINTED =
            Pattern.compile(
                    "uid=(\\d+)(?:\\(([^)]*)\\))? gid=(\\d+)(?:\\([^)]*\\))?.*? groups=(.*)");

    /// A number, and not what a group's name may hold.
    private static final Pattern GROUP = Pattern.compile("(?:^|,)(\\d+)(?=[(,\\s]|$)");

    private static final Map<String, String> ENVIRONMENT = Map.of("PATH", PATH, "LC_ALL", "C");

    /// Copies the set.
    public OperatingSystemUser {
        groups = Set.copyOf(groups);
    }

    /// The user that runs PostgreSQL on this machine.
    ///
    /// @throws PostgresException when the machine does not say who we are
    public static OperatingSystemUser forPostgres() {
        OperatingSystemUser ourselves = ourselves();
        if (ourselves.uid != 0) {
            return ourselves;
        }
        return find("postgres", true)
                .or(() -> find("nobody", true))
                .orElseThrow(() ->
                        new PostgresException(
                                "we run as root, and there is neither a user postgres nor"
                                        + " a user nobody to run PostgreSQL",
                                "make one: useradd --system postgres"));
    }

    /// The user that this program runs as.
    ///
    /// @throws PostgresException when the machine does not say
    public static OperatingSystemUser ourselves() {
        return find("", false)
                .orElseThrow(() ->
                        new PostgresException(
                                "the machine does not say which user we run as",
                                "check that the program `id` works"));
    }

    private static Optional<OperatingSystemUser> find(String name, boolean another) {
        List<String> command = name.isEmpty() ? List.of("id") : List.of("id", name);
        Command.Result result = Command.run(command, ENVIRONMENT, LOOKUP_DEADLINE);
        return result.succeeded() ? parse(result.output(), another) : Optional.empty();
    }

    /// Reads what `id` prints, as in `uid=101(postgres) gid=104(postgres)
    /// groups=104(postgres),103`.
    static Optional<OperatingSystemUser> parse(String printed, boolean another) {
        Matcher said = PRINTED.matcher(printed);
        if (!said.lookingAt()) {
            return Optional.empty();
        }
        // A container's user may have no name; its number then serves as one.
        String name = said.group(2) == null ? said.group(1) : said.group(2);
        Set<Long> groups =
                GROUP.matcher(said.group(4))
                        .results()
                        .map(group -> Long.parseLong(group.group(1)))
                        .collect(Collectors.toSet());
        return Optional.of(
                new OperatingSystemUser(
                        name,
                        Long.parseLong(said.group(1)),
                        Long.parseLong(said.group(3)),
                        groups,
                        another));
    }

    /// The command line that runs `command` as this user, at the usual priority: itself, or with
    /// `setpriv` and `nice` before it.
    public List<String> command(List<String> command) {
        if (!another) {
            return Priority.usual(command);
        }
        List<String> prefixed =
                new ArrayList<>(
                        List.of(
                                "setpriv",
                                "--reuid=" + uid,
                                "--regid=" + gid,
                                "--init-groups",
                                "--"));
        prefixed.addAll(command);
        return Priority.usual(prefixed);
    }

    /// Gives this user a file or a directory (not what is in it). A symbolic link is given itself,
    /// not what it points to. Does nothing when we are that user.
    ///
    /// @throws UncheckedIOException when the file cannot be given
    public void own(Path path) {
        if (!another) {
            return;
        }
        try {
            Files.setAttribute(path, "unix:uid", (int) uid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", (int) gid, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot give " + path + " to the user " + name, e);
        }
    }

    /// Gives this user a directory and all that is in it; symbolic links are not followed.
    ///
    /// @throws UncheckedIOException when a file cannot be given
    public void ownTree(Path root) {
        if (!another) {
            return;
        }
        try {
            Files.walkFileTree(
                    root,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes unused) {
                            own(file);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult preVisitDirectory(
                                Path directory, BasicFileAttributes unused) {
                            own(directory);
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot give " + root + " to the user " + name, e);
        }
    }

    /// Whether this user may pass through all the directories above `path`, as far as they exist (a
    /// home of root, mode 0700, says no). Judged by owner, group and mode.
    public boolean canReach(Path path) {
        return blockingDirectory(path).isEmpty();
    }

    /// The topmost directory above `path` that this user may not pass through.
    public Optional<Path> blockingDirectory(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        Path directory = absolute.getRoot();
        for (Path name : absolute) {
            if (directory == null || !Files.isDirectory(directory)) {
                return Optional.empty();
            }
            if (!mayPass(directory)) {
                return Optional.of(directory);
            }
            directory = directory.resolve(name);
        }
        return Optional.empty();
    }

    private boolean mayPass(Path directory) {
        if (!another) {
            return Files.isExecutable(directory);
        }
        try {
            Map<String, Object> attributes = Files.readAttributes(directory, "unix:uid,gid,mode");
            long owner = number(attributes.get("uid"));
            long group = number(attributes.get("gid"));
            long mode = number(attributes.get("mode"));
            if (owner == uid) {
                return (mode & 0100) != 0;
            }
            return (mode & (groups.contains(group) ? 0010 : 0001)) != 0;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at " + directory, e);
        }
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : -1;
    }
}
