package io.howdah.cli.chaos;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What can be done to a demo.
public enum FaultKind {
    /// SIGKILL to the postmaster; its children are left to notice.
    KILL_POSTGRES(Means.KILL, "kill -9 of PostgreSQL's postmaster"),
    /// SIGKILL to the agent; its PostgreSQL runs on.
    KILL_AGENT(Means.KILL, "kill -9 of the agent"),
    /// SIGKILL to the dead man's switch beside PostgreSQL; the agent starts another.
    KILL_SWITCH(Means.KILL, "kill -9 of the dead man's switch"),
    /// SIGKILL to all processes of a node, as when a machine goes.
    LOSE_HOST(Means.KILL, "loss of the host: kill -9 of all processes of the node"),
    /// SIGSTOP to the agent, SIGCONT later.
    FREEZE_AGENT(Means.FREEZE, "SIGSTOP of the agent"),
    /// SIGSTOP to the postmaster, SIGCONT later; its children go on.
    FREEZE_POSTGRES(Means.FREEZE, "SIGSTOP of PostgreSQL's postmaster"),
    /// SIGSTOP to all processes of a node, as when its virtual machine is paused; SIGCONT later.
    FREEZE_HOST(Means.FREEZE, "SIGSTOP of all processes of the node"),
    /// SIGUSR1 to the agent, as `systemctl restart` sends it: it leaves with a grace, its
    /// PostgreSQL goes on, and the next agent takes that over.
    RESTART_AGENT(Means.KILL, "orderly restart of the agent"),
    /// `howdah switchover`.
    SWITCHOVER(Means.REQUEST, "switchover"),
    /// `howdah restart` of one member.
    RESTART(Means.REQUEST, "restart of PostgreSQL"),
    /// `howdah pause`, `howdah resume` later.
    PAUSE(Means.REQUEST, "pause of the cluster"),
    /// Every packet to and from the node is lost.
    CUT_HOST(Means.LINKS, "all links cut"),
    /// Every packet of the consensus to and from the node; clients and followers reach it as ever.
    CUT_CONSENSUS(Means.LINKS, "all links cut for consensus only"),
    /// Every packet between the node and one other.
    CUT_LINK(Means.LINKS, "one link cut"),
    /// Every packet from the node to all others, or every packet to it.
    CUT_ONE_WAY(Means.LINKS, "all links cut in one direction"),
    /// As [#CUT_HOST], on and off at random.
    FLAP(Means.LINKS, "links that come and go"),
    /// Packets between all hosts are late, and some are lost.
    SLOW_LINKS(Means.LINKS, "slow and lossy links everywhere"),
    /// A file that takes all the space on the node's disk; removed later.
    FILL_DISK(Means.DISK, "full disk");

    private static final List<FaultKind> ON_ANY_DEMO =
            Arrays.stream(values()).filter(kind -> !kind.needsHosts()).toList();

    /// What cannot be done where all nodes share one network and one disk, and why.
    private static final List<String> LEFT_OUT =
            List.of(
                    "network cuts: its nodes share one network (`howdah demo --hosts` makes each a host of its own)",
                    "full disks: its nodes share one disk");

    /// By what a fault is done.
    private enum Means {
        /// Processes end.
        KILL,
        /// Processes stand still.
        FREEZE,
        /// The cluster is asked for it.
        REQUEST,
        /// Packets are lost or late.
        LINKS,
        /// There is no space.
        DISK
    }

    private final Means means;
    private final String description;

    FaultKind(Means means, String description) {
        this.means = means;
        this.description = description;
    }

    /// As in a report.
    public String description() {
        return description;
    }

    /// Its name on the command line, such as `kill-agent`.
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// What can be done to a demo.
    ///
    /// @param hosts whether its nodes are hosts of their own
    public static List<FaultKind> possible(boolean hosts) {
        return hosts ? List.of(values()) : ON_ANY_DEMO;
    }

    /// What cannot, and why.
    static List<String> leftOut(boolean hosts) {
        return hosts ? List.of() : LEFT_OUT;
    }

    /// Whether it can be done only where nodes are hosts of their own.
    public boolean needsHosts() {
        return means == Means.LINKS || means == Means.DISK;
    }

    /// Whether it lasts until it is ended.
    boolean lasts() {
        return switch (means) {
            case KILL -> false;
            case REQUEST -> this == PAUSE;
            case FREEZE, LINKS, DISK -> true;
        };
    }

    /// Whether it is felt only after some seconds.
    boolean isGradual() {
        return this == FLAP || this == SLOW_LINKS || this == FILL_DISK;
    }

    /// Whether it hurts nobody by itself, and only opens a gap in what guards the cluster.
    boolean isOpening() {
        return this == PAUSE || this == RESTART_AGENT || this == KILL_SWITCH;
    }

    /// Whether it hits one node; else all.
    boolean hasVictim() {
        return this != SLOW_LINKS && this != PAUSE;
    }

    /// Whether it can be done to a node without PostgreSQL.
    boolean hitsWitness() {
        return means != Means.REQUEST
                && this != KILL_POSTGRES
                && this != KILL_SWITCH
                && this != FREEZE_POSTGRES;
    }

    /// The one with that word.
    ///
    /// @throws IllegalArgumentException when there is none; its message names all
    public static FaultKind of(String word) {
        return Arrays.stream(values())
                .filter(kind -> kind.word().equals(word))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "there is no fault '"
                                        + word
                                        + "': choose of "
                                        + Arrays.stream(values())
                                                .map(FaultKind::word)
                                                .collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return word();
    }
}
