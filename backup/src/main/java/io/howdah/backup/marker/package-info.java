/// What would be lost if everything were lost now. On the primary a row is written four times a
/// second, as any application would write it, wherever something else was written since; so commits
/// that were acknowledged carry times with them. How far the archive is behind the newest of them,
/// in time, is the RPO; what a restored copy's row says is what was really kept.
@NullMarked
package io.howdah.backup.marker;

import org.jspecify.annotations.NullMarked;
