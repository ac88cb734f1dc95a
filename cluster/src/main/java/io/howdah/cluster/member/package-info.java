/// The PostgreSQL of this node, as the agent sees it: what it observes, and the acts it can
/// perform. `LocalPostgres` is the boundary; `ManagedPostgres` performs the acts on a real server.
@NullMarked
package io.howdah.cluster.member;

import org.jspecify.annotations.NullMarked;
