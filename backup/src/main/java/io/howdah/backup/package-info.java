/// Backups of a PostgreSQL server, and its restoration to any moment. `store` is the one door to
/// where a repository lies (a folder); `repository` says whose it is and how its objects are named.
@NullMarked
package io.howdah.backup;

import org.jspecify.annotations.NullMarked;
