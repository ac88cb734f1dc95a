package io.howdah.node;

import io.howdah.cluster.agent.Agent;
import io.howdah.cluster.agent.AgentReport;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Position;
import io.howdah.node.callback.RoleCallback;
import io.howdah.node.callback.RoleChange;
import java.util.Optional;
import java.util.OptionalLong;

/// Tells the operator's program what the agent sees. Called by the agent's own threads, which it
/// never holds up.
final class RoleWatch {

    private final RoleCallback callback;
    private final Agent agent;
    private volatile long lastEpoch;

    RoleWatch(RoleCallback callback, Agent agent) {
        this.callback = callback;
        this.agent = agent;
    }

    void seen(AgentReport report) {
        change(report).ifPresent(callback::told);
    }

    private Optional<RoleChange> change(AgentReport report) {
        return switch (report.status()) {
            case null -> Optional.empty();
            case LocalStatus.Primary primary -> primary(primary);
            case LocalStatus.Standby standby -> Optional.of(replica(standby));
            case LocalStatus.Stopped stopped -> stopped();
            case LocalStatus.Absent absent -> stopped();
            // it may come back as what it was: nothing has changed yet
            case LocalStatus.Silent silent -> Optional.empty();
            case LocalStatus.Unusable unusable -> Optional.empty();
        };
    }

    /// One without the lease is not a primary that anybody may be sent to.
    private Optional<RoleChange> primary(LocalStatus.Primary primary) {
        Optional<Epoch> held = agent.heldEpoch();
        held.ifPresent(epoch -> lastEpoch = epoch.value());
        return held.map(epoch ->
                new RoleChange(
                        RoleChange.Role.PRIMARY, epoch.value(), timeline(primary.position())));
    }

    private RoleChange replica(LocalStatus.Standby standby) {
        standby.following().ifPresent(epoch -> lastEpoch = epoch.value());
        OptionalLong timeline =
                standby.position().stream().mapToLong(RoleWatch::timeline).findFirst();
        return new RoleChange(RoleChange.Role.REPLICA, lastEpoch, timeline.orElse(0));
    }

    private Optional<RoleChange> stopped() {
        return Optional.of(new RoleChange(RoleChange.Role.STOPPED, lastEpoch, 0));
    }

    private static long timeline(Position position) {
        return position.history().current().value();
    }
}
