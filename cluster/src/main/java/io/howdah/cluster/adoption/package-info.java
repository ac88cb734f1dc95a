/// A database that was made without Howdah is taken in as it lies there: what can be seen of it on
/// the disk and asked of its server while that still serves, what speaks against taking it in,
/// which of its settings the cluster keeps, and the order to do it, which outlives the agent.
@NullMarked
package io.howdah.cluster.adoption;

import org.jspecify.annotations.NullMarked;
