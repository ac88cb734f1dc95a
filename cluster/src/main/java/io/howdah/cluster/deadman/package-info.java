/// The dead man's switch: a small process beside PostgreSQL that the agent tells, with each
/// confirmed renewal, until when PostgreSQL may be a primary here. When that moment comes and
/// nothing later was said, because the agent hangs or is dead, it kills all of PostgreSQL. It
/// outlives the agent, and a restarted agent finds it again. Where there is a watchdog device, it
/// feeds that meanwhile: so a host that runs nothing any more is reset.
@NullMarked
package io.howdah.cluster.deadman;

import org.jspecify.annotations.NullMarked;
