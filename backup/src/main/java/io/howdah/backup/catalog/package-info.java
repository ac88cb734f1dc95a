/// Which backups a repository has. A backup exists when its `backup.json` does, which is written
/// last; what has none was interrupted.
@NullMarked
package io.howdah.backup.catalog;

import org.jspecify.annotations.NullMarked;
