/// Who is primary, and how nothing acknowledged is ever lost: the rules (pure) and the agent that
/// acts by them.
@NullMarked
package io.howdah.cluster;

import org.jspecify.annotations.NullMarked;
