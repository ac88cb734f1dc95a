/// Removing what nobody needs from a repository that others work in meanwhile, without a lock. A
/// sweep first writes a tombstone: what is to go. A backup shows by its lease that it is under way,
/// and which tombstones it has read: what stands there it does not refer to. What a tombstone names
/// goes only when every backup that has not read it has ended, or was withdrawn; what of it those
/// that ended refer to stays. Nothing rests on anybody's clock: a lease that has run out only says
/// whom to withdraw, and whoever was withdrawn by mistake fails when it wants to exist. A sweep may
/// be killed at any point; the next one goes on.
@NullMarked
package io.howdah.backup.sweep;

import org.jspecify.annotations.NullMarked;
