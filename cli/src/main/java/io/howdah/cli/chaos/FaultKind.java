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
    RESTART("restart of PostgreSQL");

    /// What a demo cannot be done, and why.
    public static final List<String> LEFT_OUT =
            List.of(
                    "network cuts: the nodes of a demo share one network",
                    "full disks: the nodes of a demo share one file system");

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

    /// Whether it lasts until it is ended.
    boolean isFreeze() {
        return switch (this) {
            case FREEZE_AGENT, FREEZE_POSTGRES, FREEZE_HOST -> true;
            case KILL_POSTGRES, KILL_AGENT, LOSE_HOST, SWITCHOVER, RESTART -> false;
        };
    }

    /// Whether it can be done to a node without PostgreSQL.
    boolean hitsWitness() {
        return switch (this) {
            case KILL_AGENT, LOSE_HOST, FREEZE_AGENT, FREEZE_HOST -> true;
            case KILL_POSTGRES, FREEZE_POSTGRES, SWITCHOVER, RESTART -> false;
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
