/// Restoring a backup into a directory: its files, every chunk checked, and durable; then
/// PostgreSQL itself replays WAL up to the target, on a socket that nobody else knows, and is
/// stopped in order. What can be refused is refused before anything is touched.
@NullMarked
package io.howdah.backup.restore;

import org.jspecify.annotations.NullMarked;
