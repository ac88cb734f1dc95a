package io.howdah.postgres.process;

/// The signals that PostgreSQL and our own processes understand, by their numbers on Linux (15
/// processors out of 16 agree on these, and so do both of ours).
public enum Signal {
    /// Read the configuration files again.
    HANGUP(1),
    /// To the postmaster: a fast stop.
    INTERRUPT(2),
    /// To the postmaster: an immediate stop.
    QUIT(3),
    /// The end, without a chance to object.
    KILL(9),
    /// SIGUSR1, to a node's agent: leave, and let PostgreSQL go on.
    LEAVE(10),
    /// To a child: end in order. To the postmaster: a smart stop.
    TERMINATE(15),
    /// Go on after [#STOP].
    CONTINUE(18),
    /// Hold still.
    STOP(19);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
