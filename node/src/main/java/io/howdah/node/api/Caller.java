package io.howdah.node.api;

import io.howdah.node.authority.Identity;
import io.howdah.node.authority.Role;

/// Somebody who has proven who he is.
///
/// @param name the name in his certificate, or his token's
/// @param role what he may do
/// @param node whether it is another node of the cluster, which may do less than its role
record Caller(String name, Role role, boolean node) {

    static Caller of(Identity identity) {
        return new Caller(identity.name(), identity.role(), identity.unit() == Identity.Unit.NODE);
    }

    /// Whoever is on this machine, where a cluster is on one machine and has no keys.
    static final Caller LOCAL = new Caller("an operator", Role.ADMIN, false);
}
