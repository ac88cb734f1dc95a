package io.howdah.cluster.agent;

import io.howdah.cluster.member.PendingSetting;
import java.util.List;

/// What this node's PostgreSQL has of the cluster's settings. Immutable.
///
/// @param version the version that it was given; 0 before the first
/// @param pendingRestart the settings that wait for a restart
/// @param problem why a later version could not be taken; empty when all is as it should be
public record AppliedSettings(long version, List<PendingSetting> pendingRestart, String problem) {

    static final AppliedSettings NONE = new AppliedSettings(0, List.of(), "");

    public AppliedSettings {
        pendingRestart = List.copyOf(pendingRestart);
    }
}
