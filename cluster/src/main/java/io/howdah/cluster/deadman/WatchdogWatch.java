package io.howdah.cluster.deadman;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the agent knows of its switch's watchdog. Told by the keeper's thread, asked by any.
final class WatchdogWatch {

    /// How many looks, one a second, a switch that is armed may take to open its device.
    private static final int PATIENCE = 10;

    private static final Logger LOG = LoggerFactory.getLogger(WatchdogWatch.class);

    private final SwitchFiles files;
    private final @Nullable WatchdogOrder order;
    private volatile boolean active;
    private volatile String complaint = "";
    private boolean asOrdered;
    private int unguarded;

    WatchdogWatch(SwitchFiles files, @Nullable WatchdogOrder order) {
        this.files = files;
        this.order = order;
    }

    private String ordered() {
        return order == null
                ? SwitchFiles.NO_WATCHDOG
                : SwitchFiles.watchdog(order.device(), order.timeoutSeconds());
    }

    /// Whether the switch that is talked to is to feed what is ordered. One that could not at its
    /// start tries again by itself.
    boolean isAsOrdered() {
        return asOrdered;
    }

    /// There is a switch to talk to.
    void connected() {
        String said = files.saidOfWatchdog();
        asOrdered = said.startsWith(ordered());
        complaint = asOrdered ? said.substring(ordered().length()) : "";
        unguarded = 0;
        if (order != null && asOrdered) {
            if (complaint.isEmpty()) {
                LOG.info("the watchdog {} can be used", order.device());
            } else {
                complain(complaint);
            }
        }
    }

    private void complain(String why) {
        complaint = why;
        LOG.warn("{}", obstacle().orElse(why));
    }

    /// Looks at the switch.
    ///
    /// @param armed whether PostgreSQL may be a primary here
    void look(boolean armed) {
        if (order == null) {
            return;
        }
        active = files.hasOpen(order.device());
        unguarded = armed && !active ? unguarded + 1 : 0;
        if (unguarded == PATIENCE && complaint.isEmpty()) {
            complain(
                    "the watchdog %s does not guard this primary\nHINT: see %s, and restart Howdah on this node"
                            .formatted(order.device(), files.log()));
        }
    }

    /// There is no switch any more.
    void lost() {
        active = false;
    }

    /// Whether the machine is reset when the switch does not feed it.
    boolean isActive() {
        return active;
    }

    /// See [DeadMansSwitch#obstacle].
    Optional<String> obstacle() {
        return order != null && order.required() && !complaint.isEmpty()
                ? Optional.of("it is not elected, as a watchdog is required: " + complaint)
                : Optional.empty();
    }
}
