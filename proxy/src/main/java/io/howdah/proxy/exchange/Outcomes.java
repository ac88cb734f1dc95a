package io.howdah.proxy.exchange;

/// Is told what has become of the requests that were noted when they were sent, in their order.
public interface Outcomes {

    /// The oldest one has been answered in full, and without an error.
    void answered();

    /// The oldest ones have failed, or were skipped after an error.
    ///
    /// @param count how many of them
    /// @param heard whether the oldest one is the one that met the error; else the server has
    ///   looked at none of them
    void failed(int count, boolean heard);
}
