/// The store as a Raft group of the nodes themselves, by Apache Ratis: no other service is needed.
/// Here are the log on disk, the elections, the snapshots and the forming of the group.
@NullMarked
package io.howdah.consensus.ratis;

import org.jspecify.annotations.NullMarked;
