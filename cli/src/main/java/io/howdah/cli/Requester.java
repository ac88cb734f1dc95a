package io.howdah.cli;

/// Who types a command, as the cluster's records show it.
final class Requester {

    private Requester() {}

    /// The user of this operating system.
    static String name() {
        return System.getProperty("user.name", "an operator");
    }
}
