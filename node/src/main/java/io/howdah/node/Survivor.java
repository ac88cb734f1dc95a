package io.howdah.node;

import io.howdah.cluster.member.FormerMember;
import io.howdah.consensus.Introduction;
import io.howdah.consensus.ratis.FormerGroup;
import io.howdah.node.authority.Credentials;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.postgres.ControlData;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A node that is left of a cluster whose other nodes are gone for good, too many of them for those
/// that are left to agree on anything: the cluster begins anew with what lies in its data
/// directory. What had been acknowledged and lies nowhere else is gone then, and nobody can tell
/// here whether that is anything. Its agent must not run. For one thread.
public final class Survivor {

    private static final String BY = "howdah recover";

    private final NodeConfiguration configuration;
    private final NewBeginning beginning;
    private final FormerGroup group;

    public Survivor(NodeConfiguration configuration) {
        this.configuration = configuration;
        this.beginning = new NewBeginning(configuration);
        this.group = new FormerGroup(beginning.consensus());
    }

    /// What there is to begin with.
    ///
    /// @param system which database
    /// @param data where it lies
    /// @param state what its server was when it wrote its control file last
    /// @param timeline the one that it has come to
    /// @param reached a position that it surely has come to; its WAL may go further
    /// @param strayedFrom where somebody promoted it, or wrote into it, without the cluster: the
    ///   highest timeline that is the cluster's
    /// @param others the nodes that howdah.yaml names beside this one
    public record Findings(
            SystemId system,
            Path data,
            ControlData.State state,
            TimelineId timeline,
            Lsn reached,
            Optional<TimelineId> strayedFrom,
            List<String> others) {

        public Findings {
            others = List.copyOf(others);
        }
    }

    /// Looks at what there is, and changes nothing.
    ///
    /// @throws PostgresException when there is no database, howdah.yaml names another, a switch
    ///   runs, or a node of the former cluster answers
    /// @throws io.howdah.consensus.StoreException when the agent runs
    public Findings look() {
        DataDirectory data = data();
        ControlData control = data.controlData();
        beginning.require(control.systemId(), "its data directory holds");
        group.requireUnused();
        requireOthersGone();
        return new Findings(
                control.systemId(),
                data.path(),
                control.state(),
                control.replayedTimeline(),
                control.minRecoveryPoint().compareTo(control.checkpoint()) > 0
                        ? control.minRecoveryPoint()
                        : control.checkpoint(),
                new FormerMember(data).strayedFrom(),
                others());
    }

    private DataDirectory data() {
        var data = new DataDirectory(beginning.data(), OperatingSystemUser.forPostgres());
        if (data.content() != DataDirectory.Content.DATABASE) {
            throw new PostgresException(
                    data + " holds no database",
                    "run this on a node that has one; where none has, `howdah restore --cluster`"
                            + " begins with a backup");
        }
        return data;
    }

    /// Whoever belongs to the former group still may be one of a majority that is only cut off.
    private void requireOthersGone() {
        Credentials credentials =
                NodeKeys.load(configuration, AgreedRemovals.of(() -> null))
                        .map(Credentials::of)
                        .orElse(Credentials.none());
        var introductions = new HttpIntroductions(configuration, credentials);
        for (String other : others()) {
            if (introductions.ask(other).filter(Introduction::formed).isPresent()) {
                throw new PostgresException(
                        other + " runs, and belongs to the cluster that is to be given up",
                        "if a majority of the nodes can run, start them instead; if not, stop howdah on "
                                + other
                                + ", save its data directory if it may have more than this one, and run"
                                + " this again");
            }
        }
    }

    private List<String> others() {
        return configuration.nodes().keySet().stream()
                .filter(name -> !name.equals(configuration.node()))
                .toList();
    }

    /// Gives the former cluster up on this node, and has it begin a new one with its database when
    /// it starts. Whatever cuts it short, it can be done once more.
    ///
    /// @return where what had been agreed on lies now; empty where that was done before
    /// @throws PostgresException as [#look] does
    /// @throws io.howdah.consensus.StoreException when the agent runs, or a file cannot be moved
    public Optional<Path> begin() {
        Findings found = look();
        Optional<Path> aside = group.giveUp();
        new FormerMember(data()).release();
        beginning.order(found.system(), BY);
        return aside;
    }
}
