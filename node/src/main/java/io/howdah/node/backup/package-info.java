/// A node and the worker beside it that archives its WAL, both ends. The node's end
/// (`BackupBeside`) runs `howdah backup-worker` as a process of its own that outlives the agent.
/// The worker's end (`BackupWorker`) looks at the node's PostgreSQL each second: a primary's WAL it
/// archives as long as the connection lasts; on a standby it keeps the archive's slot, so that
/// whoever is promoted has what is missing. It asks nobody who leads: what a primary without a
/// lease wrote is kept beside the line, and no restore follows it there. Where drills are asked
/// for, one of the workers does each (`DrillKeeper`), and all tell their agents how it went. The
/// one that archives removes from the repositories what is no longer kept (`RepositorySweeps`).
@NullMarked
package io.howdah.node.backup;

import org.jspecify.annotations.NullMarked;
