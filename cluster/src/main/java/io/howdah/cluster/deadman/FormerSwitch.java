package io.howdah.cluster.deadman;

import io.howdah.postgres.process.PipeWriter;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A switch that is being replaced. It may know of a deadline that nobody else does, so it hears
/// what the next one hears until that one has been told all there is to know. For the keeper, under
/// its lock; what closes it, for the keeper's thread.
final class FormerSwitch {

    /// How long it may take to end.
    private static final Duration DISMISSAL = Duration.ofSeconds(3);

    private static final Logger LOG = LoggerFactory.getLogger(FormerSwitch.class);

    private final SwitchFiles files;
    private final PipeWriter pipe;

    /// @param node those of the switch that replaces it
    /// @param pipe to it
    FormerSwitch(SwitchFiles node, PipeWriter pipe) {
        this.files = node.former();
        this.pipe = pipe;
    }

    /// The one that an agent left when it ended before the next switch was told anything.
    static Optional<FormerSwitch> find(SwitchFiles node) {
        return PipeWriter.open(node.former().pipe())
                .map(pipe -> {
                    var found = new FormerSwitch(node, pipe);
                    found.hear(new Beat.Here());
                    return found;
                });
    }

    void hear(Beat beat) {
        pipe.write(beat.encoded());
    }

    /// Whether it died before it was dismissed: it does not end by itself as long as somebody has
    /// its pipe open.
    boolean isGone() {
        Optional<ProcessGrip> running = files.running();
        running.ifPresent(ProcessGrip::close);
        return running.isEmpty();
    }

    /// Disarmed and without an agent it ends by itself, and stops its watchdog before. One whose
    /// watchdog cannot be stopped (`nowayout`) stays, and feeds it: its end would reset the
    /// machine.
    void dismiss() {
        hear(new Beat.Disarm());
        pipe.close();
        if (ends()) {
            try {
                files.remove();
            } catch (IOException e) {
                LOG.debug("its files stay: {}", e.getMessage());
            }
        }
    }

    private boolean ends() {
        try (ProcessGrip former = files.running().orElse(null)) {
            if (former == null || former.awaitEnd(DISMISSAL)) {
                return true;
            }
            if (files.holdsWatchdog()) {
                LOG.warn(
                        "the dead man's switch that was replaced (process {}) cannot stop its watchdog (nowayout), and stays to feed it"
                                + "\nHINT: restart this machine when that hurts nobody; to end that process would do so at once",
                        former.pid());
                return false;
            }
            former.signal(Signal.KILL);
            return true;
        }
    }

    /// It goes on as it was told.
    void letGo() {
        pipe.close();
    }
}
