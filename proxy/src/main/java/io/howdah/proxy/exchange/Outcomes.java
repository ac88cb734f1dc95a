package io.howdah.proxy.exchange;

/// Is told what has become of the requests that were noted when they were sent, in their order.
public interface Outcomes {

    /// The oldest one has been answered in full, and without an error.
    void answered();

    /// The oldest ones have failed, or were skipped after an error.
    ///
    /// @param count how many of them
    void failed(int count);
}
