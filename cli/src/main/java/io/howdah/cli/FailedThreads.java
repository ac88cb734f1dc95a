package io.howdah.cli;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What becomes of a process that runs for months when one of its threads ends by what nobody has
/// caught. Without it the process would run on and do only a part of what is believed of it. So it
/// ends, as if it had been killed, and whoever started it starts it anew: systemd the node, which
/// then adopts its PostgreSQL, and the node what stands beside it.
final class FailedThreads {

    private static final Logger log = LoggerFactory.getLogger(FailedThreads.class);

    private FailedThreads() {}

    /// From now on. Of a virtual thread it is told, and no more: most serve one request or
    /// connection, and nobody ends with it. A process that is ending already goes on with that.
    static void endTheProcess() {
        Thread.setDefaultUncaughtExceptionHandler((failed, how) -> {
            boolean matters = !failed.isVirtual() && !isEnding();
            log.error(
                    "the thread '{}' has failed{}",
                    failed.getName(),
                    matters ? "; ending, to be started anew" : "",
                    how);
            if (matters) {
                Runtime.getRuntime().halt(1);
            }
        });
    }

    private static boolean isEnding() {
        var hook = new Thread(() -> {}, "never run");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            return !Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return true;
        }
    }
}
