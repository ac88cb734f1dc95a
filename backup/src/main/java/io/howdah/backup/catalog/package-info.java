/// Which backups a repository has. A backup exists when its `backup.json` does, which is written
/// last. What has none is under way or was interrupted; such a one can be withdrawn, by a
/// `backup.json` that says so: as a store keeps the first of two, it never exists then.
@NullMarked
package io.howdah.backup.catalog;

import org.jspecify.annotations.NullMarked;
