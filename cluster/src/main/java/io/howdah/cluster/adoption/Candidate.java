package io.howdah.cluster.adoption;

import io.howdah.cluster.adoption.AdoptionOrder.Role;
import io.howdah.cluster.state.Position;
import io.howdah.postgres.SystemId;

/// What the rules for an adoption look at. Immutable.
///
/// @param systemId of its data directory
/// @param role what it was when its server ran last
/// @param end its last checkpoint, and the timelines that led there
/// @param running whether its server runs
public record Candidate(SystemId systemId, Role role, Position end, boolean running) {}
