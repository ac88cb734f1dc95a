package io.howdah.consensus.ratis;

import java.time.Duration;
import java.util.function.Consumer;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at this node's part of the group four times a second, on a thread of its own, as long as
/// it is open. A look that fails is followed by the next.
final class PartLooks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PartLooks.class);
    private static final Duration EVERY = Duration.ofMillis(250);

    private final Part part;
    private final Consumer<RaftServer.Division> look;
    private final Thread thread;

    /// @param name what is looked for: the thread's
    static PartLooks start(String name, Part part, Consumer<RaftServer.Division> look) {
        PartLooks looks = new PartLooks(name, part, look);
        looks.thread.start();
        return looks;
    }

    private PartLooks(String name, Part part, Consumer<RaftServer.Division> look) {
        this.part = part;
        this.look = look;
        this.thread = Thread.ofVirtual().name("howdah-store-" + name).unstarted(this::run);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(EVERY);
                part.division().ifPresent(this::look);
            }
        } catch (InterruptedException e) {
            // closed
            return;
        }
    }

    private void look(RaftServer.Division division) {
        try {
            look.accept(division);
        } catch (RuntimeException e) {
            LOG.debug("{}: the next look may tell", thread.getName(), e);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
