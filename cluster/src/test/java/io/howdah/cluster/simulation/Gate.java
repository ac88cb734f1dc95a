package io.howdah.cluster.simulation;

import java.util.ArrayDeque;
import java.util.Deque;

/// Whether a process runs on. What happens to one that is stopped happens when it goes on.
final class Gate {

    private final Deque<Runnable> held = new ArrayDeque<>();
    private int stops;

    void run(Runnable action) {
        if (stops > 0) {
            held.add(action);
        } else {
            action.run();
        }
    }

    boolean isOpen() {
        return stops == 0;
    }

    void stop() {
        stops++;
    }

    void goOn() {
        stops--;
        while (stops == 0 && !held.isEmpty()) {
            held.remove().run();
        }
    }

    /// The process is killed: nothing holds it any more.
    void end() {
        stops = 0;
        while (!held.isEmpty()) {
            held.remove().run();
        }
    }
}
