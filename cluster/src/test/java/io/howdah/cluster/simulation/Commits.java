package io.howdah.cluster.simulation;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a primary writes: the rows of its clients and other records, flushed late, and the commits
/// that wait for standbys.
final class Commits {

    private final World world;
    private final Host host;
    private final ServerProcess server;
    private long inserted;
    private boolean flushing;
    private final List<Pending> pending = new ArrayList<>();
    private final List<Row> visible = new ArrayList<>();
    private int readUpTo;
    private int busyBackends;
    private boolean commitsWait;

    private record Pending(Row row, Consumer<Boolean> told) {}

    Commits(World world, Host host, ServerProcess server, boolean commitsWait) {
        this.world = world;
        this.host = host;
        this.server = server;
        this.commitsWait = commitsWait;
    }

    /// From here on this server writes.
    void begin() {
        inserted = server.wal().end();
        visible.addAll(server.wal().rows());
    }

    boolean doWait() {
        return commitsWait;
    }

    int busyBackends() {
        return busyBackends;
    }

    /// Who waits is told nothing any more.
    void forgetWaiting() {
        pending.clear();
    }

    /// The last record of an orderly end; where it begins.
    long writeShutdownCheckpoint() {
        long at = inserted;
        write(null);
        server.wal().flushed(inserted);
        return at;
    }

    /// What was written, but not flushed, may be on disk or not.
    ///
    /// @param maybe whether it may
    void crash(boolean maybe) {
        long flushed = server.wal().end();
        if (maybe && inserted > flushed && world.chance(0.5)) {
            server.wal().flushed(world.between(flushed, inserted));
        }
        server.wal().branch().forgetBeyond(server.wal().end());
    }

    /// Enough standbys have flushed up to there.
    void release(long upTo) {
        Iterator<Pending> waiting = pending.iterator();
        List<Pending> released = new ArrayList<>();
        while (waiting.hasNext()) {
            Pending commit = waiting.next();
            if (commit.row.end() <= upTo) {
                waiting.remove();
                released.add(commit);
            }
        }
        released.forEach(this::acknowledge);
    }

    /// A client inserts a row. It is told once whether that is committed; it may wait for ever.
    void insert(Row row, long workNanos, Consumer<Boolean> told) {
        busyBackends++;
        world.in(
                workNanos,
                () ->
                        server.gate()
                                .run(() -> {
                                    busyBackends--;
                                    if (server.isGone()
                                            || server.isStopping()
                                            || server.mode() != ServerProcess.Mode.PRIMARY) {
                                        return;
                                    }
                                    write(row);
                                    if (!server.hasPostmaster()) {
                                        host.trace(
                                                row
                                                        + " is committed by a backend whose postmaster is dead");
                                    }
                                    flush();
                                    afterFlush(row, told);
                                    if (!server.hasPostmaster() && busyBackends == 0) {
                                        server.in(World.MILLI, server::lastBackendEnds);
                                    }
                                }));
    }

    void write(@Nullable Row row) {
        long size = world.between(30, 300);
        Branch branch = server.wal().branch();
        branch.add(new Branch.Entry(inserted, inserted + size, row));
        if (row != null) {
            row.written(branch, inserted, inserted + size);
        }
        inserted += size;
    }

    private void afterFlush(Row row, Consumer<Boolean> told) {
        if (server.isGone() || row.branch() == null) {
            return;
        }
        if (server.wal().end() < row.end()) {
            server.in(World.MILLI, () -> afterFlush(row, told));
            return;
        }
        Pending waiting = new Pending(row, told);
        if (!commitsWait) {
            acknowledge(waiting);
        } else if (server.hasPostmaster()) {
            // one that is left by its postmaster ends while it waits
            pending.add(waiting);
            server.sending().releaseWaiters();
        }
    }

    void flush() {
        if (flushing) {
            return;
        }
        flushing = true;
        // what is under way to the disk may end inside a record
        long target = world.chance(0.2) ? world.between(server.wal().end(), inserted) : inserted;
        server.in(
                server.diskDelay(),
                () -> {
                    flushing = false;
                    if (target > server.wal().end()) {
                        server.wal().flushed(target);
                    }
                    server.sending().pumpAll();
                    if (inserted > server.wal().end()) {
                        flush();
                    }
                });
    }

    /// Other records come now and then: checkpoints, running transactions.
    void insertOther() {
        server.in(
                world.between(100 * World.MILLI, 3 * World.SECOND),
                () -> {
                    if (server.mode() == ServerProcess.Mode.PRIMARY
                            && server.hasPostmaster()
                            && !server.isStopping()) {
                        write(null);
                        flush();
                        insertOther();
                    }
                });
    }

    /// On a standby it writes no record.
    void checkpoint() {
        if (server.mode() == ServerProcess.Mode.PRIMARY) {
            write(null);
            flush();
        }
    }

    private void acknowledge(Pending commit) {
        visible.add(commit.row);
        host.judge().acknowledged(host, server, commit.row);
        commit.told.accept(true);
    }

    /// Everything that a client can see now.
    List<Row> newlyRead() {
        List<Row> fresh = List.copyOf(visible.subList(readUpTo, visible.size()));
        readUpTo = visible.size();
        return fresh;
    }

    boolean hasWaitingCommits() {
        return !pending.isEmpty();
    }

    void takeWhetherToWait(boolean wait) {
        commitsWait = wait;
        if (!wait) {
            List<Pending> all = new ArrayList<>(pending);
            pending.clear();
            all.forEach(this::acknowledge);
        }
    }
}
