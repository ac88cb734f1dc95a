/// What is kept: which backups by the operator's rules, and which WAL by the backups that are kept.
/// All of it is pure; age is counted from the newest backup, so nothing goes for a clock's sake,
/// nor where no new backups come. The newest by its time may lie beside the line of timelines that
/// goes on: so the rules are asked of those that lead there, too.
@NullMarked
package io.howdah.backup.keep;

import org.jspecify.annotations.NullMarked;
