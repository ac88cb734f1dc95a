package io.howdah.cluster.agent;

import io.howdah.cluster.adoption.AdoptionOrder;
import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.state.Switchover;
import io.howdah.postgres.TimelineId;
import java.util.Optional;

/// One thing for the agent to do.
public sealed interface Act {

    /// In words, for the log.
    String describe();

    /// What the operator should know while it is done; empty when all is as it should be.
    default String problem() {
        return "";
    }

    /// Nothing, until something changes.
    ///
    /// @param why what it waits for, shown to the operator; empty when all is as it should be
    record Wait(String why) implements Act {
        @Override
        public String describe() {
            return why.isEmpty() ? "all is as it should be" : why;
        }

        @Override
        public String problem() {
            return why;
        }
    }

    /// Nothing, and the operator is needed.
    record Refuse(String why) implements Act {
        @Override
        public String describe() {
            return why;
        }

        @Override
        public String problem() {
            return why;
        }
    }

    /// Ask to be the one that initialises the cluster.
    record ProposeInitialise() implements Act {
        @Override
        public String describe() {
            return "ask to initialise the cluster";
        }
    }

    /// Run initdb.
    record Initialise() implements Act {
        @Override
        public String describe() {
            return "initialise the cluster";
        }
    }

    /// Stop the former server in order, and have the cluster begin with its database.
    record Adopt(AdoptionOrder order) implements Act {
        @Override
        public String describe() {
            return "adopt the database " + order.systemId();
        }

        @Override
        public String problem() {
            return describe();
        }
    }

    /// Stop what may run there, and make the data directory this node's: the cluster holds its
    /// database.
    record TakeIn(AdoptionOrder order) implements Act {
        @Override
        public String describe() {
            return "take in the database " + order.systemId();
        }

        @Override
        public String problem() {
            return describe();
        }
    }

    /// End every process of PostgreSQL now.
    record Kill(String why) implements Act {
        @Override
        public String describe() {
            return "end PostgreSQL: " + why;
        }
    }

    /// Start as a standby.
    ///
    /// @param rewoundTo the leader that it was rewound to and follows from the start; empty: it
    ///   follows nobody yet
    record StartStandby(Optional<Announcement> rewoundTo) implements Act {
        @Override
        public String describe() {
            return rewoundTo
                    .map(leader -> "start PostgreSQL as a standby of " + leader.leader())
                    .orElse("start PostgreSQL as a standby");
        }
    }

    /// Start as a primary behind closed doors.
    record StartPrimary() implements Act {
        @Override
        public String describe() {
            return "start PostgreSQL as the primary, closed to clients";
        }
    }

    /// Stop streaming from a former leader, so that the position that is judged next stands still.
    record CutOff(Epoch former) implements Act {
        @Override
        public String describe() {
            return former.equals(Epoch.NONE)
                    ? "end what may still receive from a former leader"
                    : "cut off the leader of epoch " + former;
        }
    }

    /// Delete what this node initialised, as another node's became the cluster.
    record DiscardInitialised() implements Act {
        @Override
        public String describe() {
            return "delete the data that this node initialised: another node's became the cluster";
        }
    }

    /// Cut off every earlier leader, then vote.
    record CutAndVote(Epoch epoch) implements Act {
        @Override
        public String describe() {
            return "cut off every leader before epoch " + epoch + " and vote";
        }
    }

    /// Receive from a member that may not lead (nofailover) what it alone has: by a name that
    /// nobody lists, so it can confirm nothing, and without taking back any promise.
    ///
    /// @param from a standby that has cut itself off and voted
    /// @param ended the epoch that is over
    /// @param target how far to go
    record CatchUp(NodeName from, Epoch ended, Position target) implements Act {
        @Override
        public String describe() {
            return "catch up from " + from + ", which may not lead, to " + target;
        }

        @Override
        public String problem() {
            return "no primary: catching up from " + from + ", which may not lead, to " + target;
        }
    }

    /// Cut off every earlier leader, then take the offer.
    record Claim(Epoch epoch) implements Act {
        @Override
        public String describe() {
            return "claim epoch " + epoch;
        }
    }

    /// Claim an epoch with no data, to initialise the cluster.
    record ClaimToInitialise(Epoch epoch) implements Act {
        @Override
        public String describe() {
            return "claim epoch " + epoch + " to initialise the cluster";
        }
    }

    /// Go on with a lease held before the agent was restarted.
    record TakeOver(Epoch epoch) implements Act {
        @Override
        public String describe() {
            return "go on with epoch " + epoch;
        }
    }

    /// Give the lease back.
    record Release(Epoch epoch, String reason) implements Act {
        @Override
        public String describe() {
            return "give epoch " + epoch + " back: " + reason;
        }
    }

    /// Become primary on exactly this timeline.
    record Promote(Epoch epoch, TimelineId timeline) implements Act {
        @Override
        public String describe() {
            return "promote PostgreSQL in epoch " + epoch + " to timeline " + timeline;
        }
    }

    /// Make the new primary known.
    record Announce(Epoch epoch) implements Act {
        @Override
        public String describe() {
            return "announce epoch " + epoch;
        }
    }

    /// Admit clients.
    record Open() implements Act {
        @Override
        public String describe() {
            return "open PostgreSQL to clients";
        }
    }

    /// A primary's daily work: synchronous names, slots.
    record Tend(Epoch epoch) implements Act {
        @Override
        public String describe() {
            return "lead epoch " + epoch;
        }
    }

    /// Hand over in order.
    record HandOver(Switchover switchover) implements Act {
        @Override
        public String describe() {
            return "switch over to "
                    + (switchover.to() == null ? "the best standby" : switchover.to());
        }
    }

    /// Stop in order, to be started again by the rule for what is stopped.
    ///
    /// @param primary whether it is the primary: its stop is not cut short
    record Restart(boolean primary) implements Act {
        @Override
        public String describe() {
            return "stop PostgreSQL to start it again, as asked";
        }
    }

    /// Tell the operator that a request cannot be fulfilled.
    record Decline(String why) implements Act {
        @Override
        public String describe() {
            return "decline what was asked: " + why;
        }
    }

    /// Stream from the leader.
    record Follow(Announcement leader) implements Act {
        @Override
        public String describe() {
            return "follow " + leader.leader() + " in epoch " + leader.epoch();
        }
    }

    /// Leave a dead branch: rewind or copy, then follow.
    record Rejoin(Announcement leader, String why) implements Act {
        @Override
        public String describe() {
            return "rejoin " + leader.leader() + ": " + why;
        }
    }

    /// Make a fresh copy of the leader.
    record Copy(Announcement leader, String why) implements Act {
        @Override
        public String describe() {
            return "copy " + leader.leader() + ": " + why;
        }
    }
}
