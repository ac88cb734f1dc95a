package io.howdah.postgres;

import io.howdah.postgres.process.DirectoryIdentity;
import io.howdah.postgres.process.ProcessEntry;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.ProcessTable;
import io.howdah.postgres.process.Signal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/// All processes of PostgreSQL in one data directory, found by their working directory and not by
/// their parent: a backend that outlives its postmaster can still commit (10-cluster.md, "Dead
/// means dead"). Needs no handle on a server. Thread-safe.
///
/// @param data where they work
/// @param held where they work all the same if its path leads elsewhere by now
public record ServerProcesses(DataDirectory data, DirectoryHold held) {

    private static final long LOOK_AGAIN_NANOS = 500_000;

    /// What the titles of all begin with but the postmaster's, and of a child's that was just
    /// forked.
    private static final String TITLE = "postgres:";

    /// What a process is stands in its title behind the cluster's name, if there is one, and before
    /// what it does (PostgreSQL, `init_ps_display`): `postgres: n1: walreceiver streaming
    /// 0/5000060`. A cluster, a role or a database may be called the same.
    private static final Pattern RECEIVER = Pattern.compile(": walreceiver( |$)");

    private static final Pattern STARTUP = Pattern.compile(": startup( |$)");

    /// Those that work where the path leads.
    public ServerProcesses(DataDirectory data) {
        this(data, new DirectoryHold());
    }

    /// The processes that run now, the postmaster first. None: PostgreSQL is down.
    ///
    /// @throws PostgresException when the kernel hides from us where such a process works
    public List<Long> running() {
        return numbers(postmasterFirst());
    }

    private List<ProcessEntry> entries() {
        return ProcessTable.serverProcessesIn(places(), data.owner().uid());
    }

    private List<ProcessEntry> postmasterFirst() {
        Deque<ProcessEntry> ordered = new ArrayDeque<>();
        for (ProcessEntry entry : entries()) {
            if (ProcessTable.title(entry.pid()).startsWith(TITLE)) {
                ordered.addLast(entry);
            } else {
                ordered.addFirst(entry);
            }
        }
        return List.copyOf(ordered);
    }

    /// What is held, and where the path leads: a file system that does not answer any more leaves
    /// the former.
    private Set<DirectoryIdentity> places() {
        Set<DirectoryIdentity> places = new LinkedHashSet<>();
        held.identity().ifPresent(places::add);
        try {
            DirectoryIdentity.of(data.path()).ifPresent(places::add);
        } catch (PostgresException e) {
            if (places.isEmpty()) {
                throw e;
            }
        }
        return places;
    }

    /// Kills them all and waits until none is left. Does nothing when there is none.
    ///
    /// @throws PostgresException when one is still there after that time (it waits for a disk)
    public void killAll(Duration deadline) {
        boolean _ = killAllWhile(() -> true, deadline);
    }

    /// As `killAll`, but ends as soon as that is no more wanted: it is asked between each look and
    /// the signals to what was seen. So a process that is started after it began to say no is never
    /// signalled.
    ///
    /// @return whether none is left; false when it was not wanted any more
    /// @throws PostgresException when one is still there after that time
    public boolean killAllWhile(BooleanSupplier wanted, Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        Set<ProcessEntry> seen = new LinkedHashSet<>();
        while (true) {
            List<ProcessEntry> left = postmasterFirst();
            if (!wanted.getAsBoolean()) {
                return false;
            }
            for (ProcessEntry entry : left) {
                signal(entry, Signal.KILL);
                seen.add(identity(entry));
            }
            seen.removeIf(entry -> !isThere(entry));
            if (left.isEmpty() && seen.isEmpty()) {
                return true;
            }
            if (System.nanoTime() - end >= 0) {
                throw new PostgresException(
                        "processes "
                                + numbers(seen)
                                + " of PostgreSQL in "
                                + data
                                + " were killed but are still there after "
                                + deadline.toMillis()
                                + " ms",
                        "they wait for a disk: look at the machine's storage; nothing may take"
                                + " over before they are gone");
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    /// Kills what an earlier agent has begun and not ended in this directory: first its tools
    /// (`initdb` would clean up after a child that dies, in a directory that is somebody else's by
    /// then), then its servers.
    ///
    /// @throws PostgresException when one is still there after that time
    public void killAllWithTools(Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        List<ProcessEntry> tools = ProcessTable.toolsOn(data.path());
        tools.forEach(tool -> signal(tool, Signal.KILL));
        while (tools.stream().anyMatch(ServerProcesses::isThere)) {
            if (System.nanoTime() - end >= 0) {
                throw new PostgresException(
                        "processes "
                                + numbers(tools)
                                + " that work on "
                                + data
                                + " were killed but are still there after "
                                + deadline.toMillis()
                                + " ms",
                        "they wait for a disk: look at the machine's storage");
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        killAll(deadline);
    }

    /// A process on its way out loses its working directory before its sockets are closed; so
    /// whoever was seen there is waited for until it has ended.
    private static boolean isThere(ProcessEntry entry) {
        return ProcessTable.entry(entry.pid())
                .filter(now -> now.startTicks() == entry.startTicks())
                .filter(ProcessEntry::isAlive)
                .isPresent();
    }

    private static List<Long> numbers(Collection<ProcessEntry> entries) {
        return entries.stream().map(ProcessEntry::pid).toList();
    }

    /// Has the startup process of a standby look for WAL, and for a request to be promoted, at once
    /// instead of at the end of its pause. It reads its configuration by the way, it alone. Does
    /// nothing where none runs.
    public void wakeStartup() {
        titled(STARTUP).forEach(entry -> signal(entry, Signal.HANGUP));
    }

    /// The processes that receive WAL now, or are about to.
    public List<Long> walReceivers() {
        return numbers(titled(RECEIVER));
    }

    /// Ends every process that receives WAL at this moment and waits until it is gone: the second
    /// half of the cut (10-cluster.md, "The cut"); the first, writing the service file, comes
    /// before. A receiver takes its title, and then connects, once, by the file as it is then: so
    /// one that has none yet, or is not there yet, goes by the new file, and is left alone.
    ///
    /// @throws PostgresException when one is still there after that time: stop PostgreSQL then
    public void endWalReceivers(Duration deadline) {
        long begin = System.nanoTime();
        Set<ProcessEntry> left = new LinkedHashSet<>();
        for (ProcessEntry receiver : titled(RECEIVER)) {
            left.add(identity(receiver));
            signal(receiver, Signal.TERMINATE);
        }
        while (true) {
            left.removeIf(receiver -> !isThere(receiver));
            if (left.isEmpty()) {
                return;
            }
            if (System.nanoTime() - begin > deadline.toNanos()) {
                throw new PostgresException(
                        "processes "
                                + numbers(left)
                                + " in "
                                + data
                                + " still receive WAL "
                                + deadline.toMillis()
                                + " ms after they were asked to end",
                        "stop this server before it votes");
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    private List<ProcessEntry> titled(Pattern what) {
        return entries().stream()
                .filter(entry -> {
                    String title = ProcessTable.title(entry.pid());
                    return title.startsWith(TITLE) && what.matcher(title).find();
                })
                .toList();
    }

    /// The same process at every look, whatever it does.
    private static ProcessEntry identity(ProcessEntry entry) {
        return new ProcessEntry(entry.pid(), 0, '?', entry.startTicks());
    }

    private static void signal(ProcessEntry entry, Signal signal) {
        ProcessGrip.on(entry.pid())
                .ifPresent(grip -> {
                    try (grip) {
                        if (grip.startTicks() == entry.startTicks()) {
                            grip.signal(signal);
                        }
                    }
                });
    }
}
