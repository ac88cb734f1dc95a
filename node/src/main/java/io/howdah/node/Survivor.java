package io.howdah.node;

import io.howdah.backup.repository.Lineage;
import io.howdah.backup.repository.Tenure;
import io.howdah.cluster.member.FormerMember;
import io.howdah.consensus.ratis.FormerGroup;
import io.howdah.node.backup.LeadersFile;
import io.howdah.node.configuration.NodeAddress;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.postgres.ControlData;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.ServerProcesses;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A node that is left of a cluster whose other nodes are gone for good, too many of them for those
/// that are left to agree on anything: the cluster begins anew with what lies in its data
/// directory. What had been acknowledged and lies nowhere else is gone then, and nobody can tell
/// here whether that is anything. Its agent must not run. For one thread.
public final class Survivor {

    private static final String BY = "howdah recover";
    private static final int CONNECT_MILLIS = 2000;

    /// Numbers that may have been granted to nobody who lived to use them, or without this node's
    /// hearing of it.
    private static final int UNHEARD_TIMELINES = 16;

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
    /// @throws PostgresException when there is no database, howdah.yaml names another, a switch or
    ///   PostgreSQL runs, or somebody listens where another node of the former cluster was
    /// @throws io.howdah.consensus.StoreException when the agent runs
    public Findings look() {
        DataDirectory data = data();
        ControlData control = data.controlData();
        beginning.require(control.systemId(), "its data directory holds");
        group.requireUnused();
        requireStopped(data);
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

    /// As it may where the agent was stopped in a pause.
    private static void requireStopped(DataDirectory data) {
        if (!new ServerProcesses(data).running().isEmpty()) {
            throw new PostgresException(
                    "PostgreSQL runs in " + data + ", without an agent",
                    "stop it in order first, with pg_ctl stop, as the user that it runs as");
        }
    }

    /// Whoever listens may be one of a majority that is only cut off, or whom this node may not
    /// ask. Asked are those of howdah.yaml, which may have been changed already, and of the
    /// agreement.
    private void requireOthersGone() {
        Map<String, InetSocketAddress> doors = new TreeMap<>();
        configuration
                .nodes()
                .forEach((name, address) ->
                        doors.put(name, door(address.host(), address.consensusPort())));
        group.peers().forEach(peer -> doors.put(peer.peerId(), door(peer.host(), peer.port())));
        NodeAddress self = configuration.self();
        doors.values().removeIf(door(self.host(), self.consensusPort())::equals);
        doors.forEach((name, door) -> {
            if (listens(door)) {
                throw new PostgresException(
                        "howdah runs on "
                                + name
                                + ": "
                                + door.getHostString()
                                + ":"
                                + door.getPort()
                                + " answers",
                        "if a majority of the nodes can run, start them instead; if not, stop howdah"
                                + " there, save its data directory if it may have more than this one,"
                                + " and run this again");
            }
        });
    }

    private static InetSocketAddress door(String host, int port) {
        return new InetSocketAddress(host, port);
    }

    private static boolean listens(InetSocketAddress door) {
        try (var socket = new Socket()) {
            socket.connect(door, CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private List<String> others() {
        return configuration.nodes().keySet().stream()
                .filter(name -> !name.equals(configuration.node()))
                .toList();
    }

    /// Gives the former cluster up on this node, and has it begin a new one with its database when
    /// it starts, on a timeline that no lost copy is on. Whatever cuts it short, it can be done
    /// once more.
    ///
    /// @param archived the timeline of whoever wrote into the node's repositories last; empty where
    ///   that is not known
    /// @return where what had been agreed on lies now; empty where that was done before
    /// @throws PostgresException as [#look] does
    /// @throws io.howdah.consensus.StoreException when the agent runs, or a file cannot be moved
    public Optional<Path> begin(Optional<TimelineId> archived) {
        Findings found = look();
        var member = new FormerMember(data());
        TimelineId highest =
                Stream.concat(archived.stream(), led()).reduce(member.highest(), TimelineId::max);
        Optional<Path> aside = group.giveUp();
        // before the data forget how far they were: who does this once more knows it by the order
        beginning.order(found.system(), BY, new TimelineId(highest.value() + UNHEARD_TIMELINES));
        member.release();
        return aside;
    }

    /// On which timelines others led, as far as this node has heard.
    private Stream<TimelineId> led() {
        return Lineage.read(LeadersFile.path(configuration.directory())).tenures().stream()
                .map(Tenure::timeline);
    }
}
