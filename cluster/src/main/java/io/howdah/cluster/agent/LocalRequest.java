package io.howdah.cluster.agent;

/// What an operator asks of one node's own agent. It concerns nobody else's data, so it stands in
/// no agreed state: an agent that is restarted has forgotten it.
public enum LocalRequest {
    /// Stop PostgreSQL in order and start it again.
    RESTART("restart"),
    /// The same on a primary that others could take over from: they wait until it is back. A
    /// setting that standbys must not have less of than their primary is lowered by this alone.
    RESTART_IN_PLACE("restart in place"),
    /// Give the data directory up for a fresh copy of the primary's.
    REINITIALISE("reinitialise");

    private final String text;

    LocalRequest(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
