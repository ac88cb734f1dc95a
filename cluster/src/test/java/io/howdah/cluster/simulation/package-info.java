/// A whole cluster in one thread and in virtual time: the real rules, agents, lease keepers and
/// elections run on a simulated clock, network, disk, store and PostgreSQL. A seed decides
/// everything, so a run that breaks a promise can be run again, and made shorter.
@NullMarked
package io.howdah.cluster.simulation;

import org.jspecify.annotations.NullMarked;
