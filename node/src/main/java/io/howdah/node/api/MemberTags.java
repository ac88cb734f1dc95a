package io.howdah.node.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the operator said about a member in its `tags`. Immutable.
///
/// @param nofailover never elected; an operator can name it
/// @param failoverPriority decides between equal positions, the higher wins; 0 or above
/// @param zone where the member stands, such as a data centre's name; null when not said
/// @param noloadbalance load balancers are told not to send it reads
/// @param nosync no commit ever waits for it
/// @param clonefrom others are copied from it rather than from the primary
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MemberTags(
        boolean nofailover,
        int failoverPriority,
        @Nullable String zone,
        boolean noloadbalance,
        boolean nosync,
        boolean clonefrom) {

    /// Those that concern elections alone.
    public MemberTags(boolean nofailover, int failoverPriority, @Nullable String zone) {
        this(nofailover, failoverPriority, zone, false, false, false);
    }

    /// What the operator has said, as in howdah.yaml, with spaces between; empty when nothing was.
    public String text() {
        var said = new ArrayList<String>();
        if (zone != null) {
            said.add("zone=" + zone);
        }
        if (failoverPriority != 1) {
            said.add("failover-priority=" + failoverPriority);
        }
        addIf(said, nofailover, "nofailover");
        addIf(said, noloadbalance, "noloadbalance");
        addIf(said, nosync, "nosync");
        addIf(said, clonefrom, "clonefrom");
        return String.join(" ", said);
    }

    private static void addIf(List<String> said, boolean set, String tag) {
        if (set) {
            said.add(tag);
        }
    }
}
