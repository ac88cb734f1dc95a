package io.howdah.cli.chaos;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What can be done to a demo.
public enum FaultKind {
    /// SIGKILL to the postmaster; its children are left to notice.
    KILL_POSTGRES("kill -9 of PostgreSQL's postmaster"),
    /// SIGKILL to the agent; its PostgreSQL runs on.
    KILL_AGENT("kill -9 of the agent"),
    /// SIGKILL to all processes of a node, as when a machine goes.
    LOSE_HOST("loss of the host: kill -9 of all processes of the node"),
    /// SIGSTOP to the agent, SIGCONT later.
    FREEZE_AGENT("SIGSTOP of the agent"),
    /// SIGSTOP to the postmaster, SIGCONT later; its children go on.
    FREEZE_POSTGRES("SIGSTOP of PostgreSQL's postmaster"),
    /// SIGSTOP to all processes of a node, as when its virtual machine is paused; SIGCONT later.
    FREEZE_HOST("SIGSTOP of all processes of the node"),
    /// `howdah switchover`.
    SWITCHOVER("switchover"),
    /// `howdah restart` of one member.
    RESTART("restart of PostgreSQL"),
    /// Every packet to and from the node is lost.
    CUT_HOST("all links cut"),
    /// Every packet of the consensus to and from the node; clients and followers reach it as ever.
    CUT_CONSENSUS("all links cut for consensus only"),
    /// Every packet between the node and one other.
    CUT_LINK("one link cut"),
    /// Every packet from the node to all others, or every packet to it.
    CUT_ONE_WAY("all links cut in one direction"),
    /// As [#CUT_HOST], on and off at random.
    FLAP("links that come and go"),
    /// Packets between all hosts are late, and some are lost.
    SLOW_LINKS("slow and lossy links everywhere"),
    /// A file that takes all the space on the node's disk; removed later.
    FILL_DISK("full disk");

    private static final List<FaultKind> ON_ANY_DEMO =
            Arrays.stream(values()).filter(kind -> !kind.needsHosts()).toList();

    /// What cannot be done where all nodes share one network and one disk, and why.
    private static final List<String> LEFT_OUT =
            List.of(
                    "network cuts: its nodes share one network (`howdah demo --hosts` makes each a host of its own)",
                    "full disks: its nodes share one disk");

    private final String description;

    FaultKind(String description) {
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

    /// Whether it can be done to nodes only that are hosts of their own.
    public boolean needsHosts() {
        return switch (this) {
            case CUT_HOST, CUT_CONSENSUS, CUT_LINK, CUT_ONE_WAY, FLAP, SLOW_LINKS, FILL_DISK ->
                    true;
            case KILL_POSTGRES,
                    KILL_AGENT,
                    LOSE_HOST,
                    FREEZE_AGENT,
                    FREEZE_POSTGRES,
                    FREEZE_HOST,
                    SWITCHOVER,
                    RESTART ->
                    false;
        };
    }

    /// Whether it lasts until it is ended.
    boolean lasts() {
        return switch (this) {
            case FREEZE_AGENT, FREEZE_POSTGRES, FREEZE_HOST -> true;
            case KILL_POSTGRES, KILL_AGENT, LOSE_HOST, SWITCHOVER, RESTART -> false;
            case CUT_HOST, CUT_CONSENSUS, CUT_LINK, CUT_ONE_WAY, FLAP, SLOW_LINKS, FILL_DISK ->
                    true;
        };
    }

    /// Whether it is felt only after some seconds.
    boolean isGradual() {
        return this == FLAP || this == SLOW_LINKS || this == FILL_DISK;
    }

    /// Whether it hits one node; else all.
    boolean hasVictim() {
        return this != SLOW_LINKS;
    }

    /// Whether it can be done to a node without PostgreSQL.
    boolean hitsWitness() {
        return switch (this) {
            case KILL_POSTGRES, FREEZE_POSTGRES, SWITCHOVER, RESTART -> false;
            case KILL_AGENT, LOSE_HOST, FREEZE_AGENT, FREEZE_HOST -> true;
            case CUT_HOST, CUT_CONSENSUS, CUT_LINK, CUT_ONE_WAY, FLAP, SLOW_LINKS, FILL_DISK ->
                    true;
        };
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
