package io.howdah.backup.rota;

import io.howdah.backup.BackupException;
import io.howdah.backup.crew.Repeated;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Work that somebody has claimed, and says again and again to be at. For one thread; to be closed,
/// whatever comes of it.
public final class Duty implements AutoCloseable {

    private static final Duration WORD = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(Duty.class);

    private final ObjectStore store;
    private final ObjectName name;
    private final Rota.Claim claim;
    private final Repeated words;

    private Duty(ObjectStore store, ObjectName name, Rota.Claim claim) {
        this.store = store;
        this.name = name;
        this.claim = claim;
        this.words = new Repeated("duty", WORD, () -> say(claim));
    }

    static Duty begin(ObjectStore store, ObjectName name, Rota.Claim claim) {
        var duty = new Duty(store, name, claim);
        duty.words.start();
        return duty;
    }

    private void say(Rota.Claim word) {
        try {
            word.put(store, name);
        } catch (BackupException e) {
            LOG.debug("{} is not told: {}", store, e.getMessage());
        }
    }

    /// It is done: nobody needs to try again.
    public void done() {
        words.close();
        say(claim.asDone());
    }

    /// Nothing more is said. What is not done may be tried again a quarter of an hour after the
    /// last word.
    @Override
    public void close() {
        words.close();
    }
}
