package io.howdah.node.configuration;

import java.nio.file.Path;

/// Which watchdog guards this host while its PostgreSQL is the primary. Immutable.
///
/// @param mode `off`; `automatic`: guards where it can be used; `required`: this node leads only
///   where it guards
/// @param device of the kernel's, absolute
public record Watchdog(Mode mode, Path device) {

    /// Whether there is one.
    public enum Mode {
        /// None is asked for.
        OFF,
        /// Guards where it can be used.
        AUTOMATIC,
        /// This node leads only where it guards.
        REQUIRED
    }

    /// None.
    public static final Watchdog OFF = new Watchdog(Mode.OFF, Path.of("/dev/watchdog"));
}
