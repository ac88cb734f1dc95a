/// What is kept: which backups by the operator's rules, and which WAL by the backups that are kept.
/// All of it is pure; age is counted from the newest backup, so nothing goes for a clock's sake,
/// nor where no new backups come.
@NullMarked
package io.howdah.backup.keep;

import org.jspecify.annotations.NullMarked;
