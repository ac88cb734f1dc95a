package io.howdah.cluster.agent;

import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Switchover;
import io.howdah.postgres.TimelineId;

/// One thing for the agent to do.
public sealed interface Act {

    /// Nothing, until something changes.
    ///
    /// @param why what it waits for, shown to the operator; empty when all is as it should be
    record Wait(String why) implements Act {}

    /// Nothing, and the operator is needed.
    record Refuse(String problem) implements Act {}

    /// Ask to be the one that initialises the cluster.
    record ProposeInitialise() implements Act {}

    /// Run initdb.
    record Initialise() implements Act {}

    /// End every process of PostgreSQL now.
    record Kill(String why) implements Act {}

    /// Start as a standby that follows nobody.
    record StartStandby() implements Act {}

    /// Start as a primary behind closed doors.
    record StartPrimary() implements Act {}

    /// Cut off every earlier leader, then vote.
    record CutAndVote(Epoch epoch) implements Act {}

    /// Cut off every earlier leader, then take the offer.
    record Claim(Epoch epoch) implements Act {}

    /// Claim an epoch with no data, to initialise the cluster.
    record ClaimToInitialise(Epoch epoch) implements Act {}

    /// Go on with a lease held before the agent was restarted.
    record TakeOver(Epoch epoch) implements Act {}

    /// Give the lease back.
    record Release(Epoch epoch, String reason) implements Act {}

    /// Become primary on exactly this timeline.
    record Promote(Epoch epoch, TimelineId timeline) implements Act {}

    /// Make the new primary known.
    record Announce(Epoch epoch) implements Act {}

    /// Admit clients.
    record Open() implements Act {}

    /// A primary's daily work: synchronous names, slots.
    record Tend(Epoch epoch) implements Act {}

    /// Hand over in order.
    record HandOver(Switchover switchover) implements Act {}

    /// Stream from the leader.
    record Follow(Announcement leader) implements Act {}

    /// Leave a dead branch: rewind or copy, then follow.
    record Rejoin(Announcement leader, String why) implements Act {}

    /// Make a fresh copy of the leader.
    record Copy(Announcement leader, String why) implements Act {}
}
