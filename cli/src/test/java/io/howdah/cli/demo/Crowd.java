package io.howdah.cli.demo;

import io.howdah.testing.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Clients that work without a pause; some stay, the others come and go for each transaction. None
/// is ever to fail.
final class Crowd implements AutoCloseable {

    private static final int COMING_AND_GOING = 4;
    private static final int STAYING = 2;

    /// How many transactions show that all go on.
    private static final int PROGRESS = 100;

    private final Writer.Way way;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> clients = new ArrayList<>();
    private final AtomicInteger served = new AtomicInteger();
    private volatile boolean over;

    /// Begins to work.
    Crowd(Writer.Way way) {
        this.way = way;
        for (int i = 0; i < COMING_AND_GOING; i++) {
            clients.add(threads.submit(this::comeAndGo));
        }
        for (int i = 0; i < STAYING; i++) {
            clients.add(threads.submit(this::stay));
        }
    }

    private Void comeAndGo() throws SQLException {
        while (!over) {
            try (Connection client = way.open()) {
                work(client);
            }
        }
        return null;
    }

    private Void stay() throws SQLException {
        try (Connection client = way.open()) {
            while (!over) {
                work(client);
            }
        }
        return null;
    }

    private void work(Connection client) throws SQLException {
        client.setAutoCommit(false);
        long backend = Writer.number(client, "select pg_backend_pid()");
        if (Writer.number(client, "select pg_backend_pid()") != backend) {
            throw new SQLException("one transaction ran on two servers' connections");
        }
        client.commit();
        served.incrementAndGet();
    }

    /// Waits until they have gone on for some time from now on.
    ///
    /// @throws AssertionError when one has failed
    void awaitProgress() {
        int before = served.get();
        Await.until(
                "they go on",
                () ->
                        served.get() >= before + PROGRESS
                                || clients.stream().anyMatch(Future::isDone));
        for (Future<?> client : clients) {
            if (client.isDone()) {
                requireWell(client);
            }
        }
    }

    private static void requireWell(Future<?> client) {
        try {
            client.get();
        } catch (ExecutionException e) {
            throw new AssertionError("a client was refused or cut off", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// Ends, and makes sure that nobody has failed.
    @Override
    public void close() {
        over = true;
        threads.close();
        for (Future<?> client : clients) {
            requireWell(client);
        }
    }
}
