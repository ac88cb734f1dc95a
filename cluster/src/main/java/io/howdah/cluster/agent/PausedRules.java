package io.howdah.cluster.agent;

/// What is left of the rules while the cluster is paused. Pure.
///
/// Nothing is elected, started, stopped, promoted or copied, and no lease is given back; the
/// operator has PostgreSQL to himself. What goes on only looks, or keeps up a replication that runs
/// already: the primary goes on with its lease and with the names of its standbys, and a standby
/// follows the announced leader. Each of these rests on what is agreed, never on time, so none
/// needs the fence that a pause disarms.
final class PausedRules {

    private PausedRules() {}

    static Act filter(Act wanted) {
        return switch (wanted) {
            case Act.Wait act -> act;
            case Act.Refuse act -> act;
            case Act.TakeOver act -> act;
            case Act.Announce act -> act;
            case Act.Open act -> act;
            case Act.Tend act -> act;
            case Act.Follow act -> act;
            case Act.Decline act -> act;
            case Act.CutOff act -> act;
            case Act.ProposeInitialise act -> held(act);
            case Act.Initialise act -> held(act);
            case Act.Adopt act -> held(act);
            case Act.TakeIn act -> held(act);
            case Act.DiscardInitialised act -> held(act);
            case Act.Kill act -> held(act);
            case Act.StartStandby act -> held(act);
            case Act.StartPrimary act -> held(act);
            case Act.CutAndVote act -> held(act);
            case Act.CatchUp act -> held(act);
            case Act.Claim act -> held(act);
            case Act.ClaimToInitialise act -> held(act);
            case Act.Release act -> held(act);
            case Act.Promote act -> held(act);
            case Act.HandOver act -> held(act);
            case Act.Rejoin act -> held(act);
            case Act.Copy act -> held(act);
            case Act.Restart act -> held(act);
        };
    }

    private static Act held(Act wanted) {
        return new Act.Wait("paused; `howdah resume` lets it " + wanted.describe());
    }
}
