package io.howdah.backup.take;

/// Hears how a backup gets on, from the thread that takes it.
public interface TakeListener {

    /// A point was reached.
    default void step(TakeStep step) {}

    /// Files were read.
    ///
    /// @param read how many bytes so far
    /// @param estimated how many there are about
    /// @param stored how many bytes were added to the repository so far
    default void progress(long read, long estimated, long stored) {}
}
