/// Taking a backup: files are read straight from the data directory of a running server, several at
/// a time, between `pg_backup_start` and `pg_backup_stop`; what stands unchanged at its place in
/// the newest backup is referred to, the rest goes into packs. The control file is read last, and
/// `backup.json` is written last: before that there is no backup.
@NullMarked
package io.howdah.backup.take;

import org.jspecify.annotations.NullMarked;
