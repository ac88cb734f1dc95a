package io.howdah.node.api;

import io.howdah.node.authority.Role;

/// Somebody who has proven who he is.
///
/// @param name the name in his certificate, or his token's
/// @param role what he may do
record Caller(String name, Role role) {

    /// Whoever is on this machine, where a cluster is on one machine and has no keys.
    static final Caller LOCAL = new Caller("an operator", Role.ADMIN);
}
