/// Who is primary, and how nothing acknowledged is ever lost: the rules (pure, in `state`,
/// `election`, `synchronous` and `lease`) and the agent that acts by them (`agent`, `member`).
@NullMarked
package io.howdah.cluster;

import org.jspecify.annotations.NullMarked;
