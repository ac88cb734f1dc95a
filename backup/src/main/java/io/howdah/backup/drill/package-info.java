/// Drills: the newest backup is restored to the newest second into a scratch directory, as it would
/// be if all servers were lost now, and looked at in every way there is: the structure of tables
/// and indexes, page checksums, the operator's own statements. What it took and what was missing
/// are the RTO and the RPO that are really achieved. A report in the repository lists every step
/// with the command that does it by hand: the runbook for the day it is needed.
@NullMarked
package io.howdah.backup.drill;

import org.jspecify.annotations.NullMarked;
