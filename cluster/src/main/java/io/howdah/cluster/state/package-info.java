/// What the nodes agree on: one small document (`ClusterState`), the commands that change it, and
/// the rules by which they do. Everything here is pure: no clock, no thread, no socket.
@NullMarked
package io.howdah.cluster.state;

import org.jspecify.annotations.NullMarked;
