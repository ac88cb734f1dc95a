package io.howdah.node.authority;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a node's certificate fresh while the node runs: takes up replaced files, renews what is
/// due where the authority's key is, and warns where it is not. `start` and `close` are called
/// once.
public final class KeyUpkeep implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofSeconds(2);
    private static final Duration WARNING_PERIOD = Duration.ofHours(12);
    private static final Logger LOG = LoggerFactory.getLogger(KeyUpkeep.class);

    private final KeyMaterial keys;
    private final String host;
    private final InstantSource clock;
    private final Thread thread;
    private Instant warned = Instant.EPOCH;
    private String complaint = "";

    /// @param host where others reach this node
    /// @param clock the wall clock
    public KeyUpkeep(KeyMaterial keys, String host, InstantSource clock) {
        this.keys = keys;
        this.host = host;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("key-upkeep").unstarted(this::run);
    }

    /// Begins.
    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                round();
                Thread.sleep(PERIOD);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// One look. Never fails: an old certificate is better than none.
    void round() {
        try {
            keys.refresh();
            if (keys.renewIfDue(host, clock.instant())) {
                LOG.info("renewed the certificate of {}", keys.identity().name());
            } else if (keys.isDue(clock.instant())) {
                warn();
            }
        } catch (RuntimeException e) {
            if (!String.valueOf(e.getMessage()).equals(complaint)) {
                LOG.warn("cannot keep the certificate of {} fresh: {}", host, e.getMessage());
            }
            complaint = String.valueOf(e.getMessage());
        }
    }

    private void warn() {
        Instant now = clock.instant();
        boolean clockWentBack = now.isBefore(warned);
        if (!clockWentBack && now.isBefore(warned.plus(WARNING_PERIOD))) {
            return;
        }
        warned = now;
        keys.complaint(now).ifPresent(complaint -> LOG.warn("{}", complaint));
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
