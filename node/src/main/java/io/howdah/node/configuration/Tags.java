package io.howdah.node.configuration;

import org.jspecify.annotations.Nullable;

/// What the operator says about a node. Immutable.
///
/// @param nofailover never elected; an operator can name it
/// @param failoverPriority decides between equal positions, the higher wins; 0 to 1000
/// @param zone where the node stands, such as a data centre's name; null when not said
/// @param noloadbalance load balancers are told not to send it reads
/// @param nosync no commit ever waits for it
/// @param clonefrom others are copied from it rather than from the primary
public record Tags(
        boolean nofailover,
        int failoverPriority,
        @Nullable String zone,
        boolean noloadbalance,
        boolean nosync,
        boolean clonefrom) {

    /// What holds when nothing is said.
    public static final Tags NONE = new Tags(false, 1, null);

    /// Those that concern elections alone.
    public Tags(boolean nofailover, int failoverPriority, @Nullable String zone) {
        this(nofailover, failoverPriority, zone, false, false, false);
    }

    /// @throws IllegalArgumentException when the priority is out of range or the zone no word
    public Tags {
        if (failoverPriority < 0 || failoverPriority > 1000) {
            throw new InvalidValueException(
                    "failover-priority", "is " + failoverPriority + ", not between 0 and 1000");
        }
        if (zone != null && !zone.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")) {
            throw new InvalidValueException(
                    "zone",
                    "is '"
                            + zone
                            + "', not up to 63 letters, digits, dots, dashes and underscores");
        }
    }
}
