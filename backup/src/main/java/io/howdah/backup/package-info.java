/// Backups of a PostgreSQL server, and its restoration to any moment. `store` is the one door to
/// where a repository lies (a folder, a bucket), `seal` encrypts it; `repository` says whose it is,
/// `catalog` which backups it has. Files are cut into chunks (`chunk`), which lie in packs
/// (`pack`); a manifest says which (`manifest`). `take` makes a backup, `wal` archives what is
/// written from there on, `marker` measures what of it would be lost at any moment, `restore`
/// brings both back, `verify` reads all of it, and `drill` proves that it restores; with threads of
/// `crew`. What is no longer kept, by the rules of `keep`, `sweep` removes.
@NullMarked
package io.howdah.backup;

import org.jspecify.annotations.NullMarked;
