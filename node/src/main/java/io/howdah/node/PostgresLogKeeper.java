package io.howdah.node;

import io.howdah.postgres.BoundedLog;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks after the size of PostgreSQL's log. `start` and `close` are called once.
final class PostgresLogKeeper implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(PostgresLogKeeper.class);

    private final BoundedLog log;
    private final Thread thread;
    private String lastFailure = "";

    PostgresLogKeeper(BoundedLog log) {
        this.log = log;
        this.thread = Thread.ofVirtual().name("postgres-log").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                try {
                    log.keep();
                    lastFailure = "";
                } catch (IOException | RuntimeException e) {
                    warnOnce("PostgreSQL's log cannot be kept small: " + e.getMessage());
                }
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void warnOnce(String failure) {
        if (!failure.equals(lastFailure)) {
            lastFailure = failure;
            LOG.warn("{}", failure);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
