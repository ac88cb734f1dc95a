/// The points in longer actions at which an agent may be killed. Each has a name, so that a test
/// can end the agent at every single one of them and show that a restarted one comes to the right
/// end. In production nobody listens.
@NullMarked
package io.howdah.cluster.step;

import org.jspecify.annotations.NullMarked;
