package io.howdah.postgres.process;

import io.howdah.postgres.PostgresException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// The processes of this machine, read from `/proc`. A whole look takes a few milliseconds.
/// Thread-safe.
public final class ProcessTable {

    private static final Path PROC = Path.of("/proc");

    private ProcessTable() {}

    /// One process; empty when it is gone.
    ///
    /// @throws PostgresException when it cannot be looked at
    public static Optional<ProcessEntry> entry(long pid) {
        try {
            return Optional.of(ProcessEntry.parse(read(pid, "stat")));
        } catch (IOException e) {
            requireGone(pid, e);
            return Optional.empty();
        }
    }

    /// Whoever cannot look does not know that nothing is there: a fence or a cut that took one for
    /// the other would let a server go on.
    private static void requireGone(long pid, IOException why) {
        boolean gone =
                why instanceof NoSuchFileException
                        || String.valueOf(why.getMessage()).contains("No such process");
        if (!gone) {
            throw new PostgresException(
                    "cannot look at process " + pid + ": " + why.getMessage(),
                    "too many open files, no memory, or a file system that does not answer: look at"
                            + " the kernel's log",
                    why);
        }
    }

    /// The living children of a process.
    public static List<ProcessEntry> childrenOf(long pid) {
        return pids().stream()
                .flatMap(each -> entry(each).stream())
                .filter(entry -> entry.parentPid() == pid && entry.isAlive())
                .toList();
    }

    /// The arguments of a process with blanks between them; PostgreSQL writes its title there.
    /// Empty when it is gone.
    ///
    /// @throws PostgresException when it cannot be looked at
    public static String title(long pid) {
        return commandLine(pid).replace('\0', ' ').strip();
    }

    private static String commandLine(long pid) {
        try {
            return read(pid, "cmdline");
        } catch (IOException e) {
            requireGone(pid, e);
            return "";
        }
    }

    /// The living processes of the program `postgres` that work in a data directory, whoever their
    /// parent is.
    ///
    /// @param serverUid the user that runs PostgreSQL
    /// @throws PostgresException when the kernel hides from us where such a process works
    public static List<ProcessEntry> serverProcessesIn(Path dataDirectory, long serverUid) {
        return serverProcessesIn(DirectoryIdentity.of(dataDirectory).stream().toList(), serverUid);
    }

    /// As above, in any of several directories, which need not have a path any more.
    public static List<ProcessEntry> serverProcessesIn(
            Collection<DirectoryIdentity> directories, long serverUid) {
        return among(pids(), directories, serverUid);
    }

    /// The postmasters that were started with a certain argument, wherever they work.
    ///
    /// @param argument a part of their command line
    public static List<Long> postmastersWith(String argument) {
        return pids().stream()
                .filter(pid -> {
                    String title = title(pid);
                    return title.contains(argument)
                            && !title.startsWith("postgres:")
                            && isServer(pid)
                            && entry(pid).filter(ProcessEntry::isAlive).isPresent();
                })
                .toList();
    }

    private static boolean isServer(long pid) {
        try {
            return program(pid).startsWith("postgres");
        } catch (AccessDeniedException e) {
            // its arguments say enough
            return true;
        }
    }

    /// Where a process works, as a path that leads there also when the directory has none any more.
    public static Path workingDirectory(long pid) {
        return link(pid, "cwd");
    }

    /// The living processes of a program that was told to work on a data directory
    /// (`--pgdata=DIRECTORY`, `--target-pgdata=DIRECTORY`): `initdb` and `pg_rewind` work elsewhere
    /// than in it.
    public static List<ProcessEntry> toolsOn(Path dataDirectory) {
        String argument = "pgdata=" + dataDirectory;
        return pids().stream()
                .filter(pid -> arguments(pid).stream().anyMatch(each -> each.endsWith(argument)))
                .flatMap(pid -> entry(pid).stream())
                .filter(ProcessEntry::isAlive)
                .toList();
    }

    /// Whether a process was started with a variable of its environment set to this. True where its
    /// environment is hidden from us, and false when it is gone.
    public static boolean hasVariable(long pid, String name, String value) {
        try {
            return List.of(read(pid, "environ").split("\0", -1)).contains(name + "=" + value);
        } catch (AccessDeniedException e) {
            return true;
        } catch (IOException e) {
            requireGone(pid, e);
            return false;
        }
    }

    private static List<String> arguments(long pid) {
        return List.of(commandLine(pid).split("\0", -1));
    }

    private static List<ProcessEntry> among(
            List<Long> pids, Collection<DirectoryIdentity> directories, long serverUid) {
        if (directories.isEmpty()) {
            return List.of();
        }
        List<ProcessEntry> found = new ArrayList<>();
        List<Long> hidden = new ArrayList<>();
        for (long pid : pids) {
            try {
                addIfServer(pid, directories, found);
            } catch (AccessDeniedException e) {
                if (owner(pid, "uid") == serverUid) {
                    hidden.add(pid);
                }
            }
        }
        if (!hidden.isEmpty()) {
            found.addAll(lookAsTheirUser(hidden, directories, serverUid));
        }
        return List.copyOf(found);
    }

    /// Whether a living process is the program `postgres` and works in a data directory.
    ///
    /// @throws PostgresException when the kernel hides it from us
    public static boolean isServerIn(Path dataDirectory, long pid, long serverUid) {
        return !among(
                        List.of(pid),
                        DirectoryIdentity.of(dataDirectory).stream().toList(),
                        serverUid)
                .isEmpty();
    }

    private static void addIfServer(
            long pid, Collection<DirectoryIdentity> directories, List<ProcessEntry> found)
            throws AccessDeniedException {
        // the program first: to look where others work may hang, on a file system of theirs
        if (program(pid).startsWith("postgres") && worksIn(pid, directories)) {
            entry(pid).filter(ProcessEntry::isAlive).ifPresent(found::add);
        }
    }

    /// Root in a container lacks the right to trace; its processes' own user does not need it. A
    /// thread of its own takes that user's place for the look.
    private static List<ProcessEntry> lookAsTheirUser(
            List<Long> hidden, Collection<DirectoryIdentity> directories, long serverUid) {
        long gid = owner(hidden.getFirst(), "gid");
        Callable<List<ProcessEntry>> look =
                () -> {
                    NativeCalls.lookAtFilesAs(serverUid, gid);
                    List<ProcessEntry> found = new ArrayList<>();
                    for (long pid : hidden) {
                        try {
                            addIfServer(pid, directories, found);
                        } catch (AccessDeniedException e) {
                            refuseIfServer(pid);
                        }
                    }
                    return found;
                };
        FutureTask<List<ProcessEntry>> task = new FutureTask<>(look);
        Thread.ofPlatform().name("process-table").daemon().start(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while looking at processes", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PostgresException refused) {
                throw refused;
            }
            throw new IllegalStateException("cannot look at processes", e);
        }
    }

    private static void refuseIfServer(long pid) {
        if (title(pid).contains("postgres")) {
            throw new PostgresException(
                    "the kernel does not let us see in which directory process "
                            + pid
                            + " ("
                            + title(pid)
                            + ") works",
                    "run howdah as the user that runs PostgreSQL, or give it CAP_SYS_PTRACE");
        }
    }

    /// Can be seen only by the process' own user, or one with the right to trace it.
    private static boolean worksIn(long pid, Collection<DirectoryIdentity> directories)
            throws AccessDeniedException {
        Path cwd = link(pid, "cwd");
        for (DirectoryIdentity directory : directories) {
            if (directory.isTargetOf(cwd)) {
                return true;
            }
        }
        return false;
    }

    private static String program(long pid) throws AccessDeniedException {
        try {
            Path name = Files.readSymbolicLink(link(pid, "exe")).getFileName();
            return name == null ? "" : name.toString();
        } catch (AccessDeniedException e) {
            throw e;
        } catch (IOException e) {
            requireGone(pid, e);
            return "";
        }
    }

    private static Path link(long pid, String name) {
        return PROC.resolve(Long.toString(pid)).resolve(name);
    }

    private static long owner(long pid, String which) {
        try {
            Map<String, Object> attributes =
                    Files.readAttributes(PROC.resolve(Long.toString(pid)), "unix:" + which);
            return attributes.get(which) instanceof Number number ? number.longValue() : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    private static List<Long> pids() {
        List<Long> pids = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            entries.forEach(entry -> pids.add(Long.parseLong(entry.getFileName().toString())));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read /proc", e);
        }
        return pids;
    }

    private static String read(long pid, String what) throws IOException {
        // Titles are bytes of any encoding; Latin-1 takes them all.
        return Files.readString(link(pid, what), StandardCharsets.ISO_8859_1);
    }
}
