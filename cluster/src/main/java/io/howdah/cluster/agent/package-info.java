/// The agent of one node: looks at the agreed state and at its own PostgreSQL, decides one act by
/// `Rules`, performs it, and looks again.
@NullMarked
package io.howdah.cluster.agent;

import org.jspecify.annotations.NullMarked;
