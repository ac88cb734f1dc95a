package io.howdah.backup.take;

/// How a backup is taken. Immutable.
///
/// @param workers how many threads read files, 1 to 64
/// @param bytesPerSecond how much they read together; 0 for as much as they can
/// @param level zstd's level, 1 to 19
/// @param anew whether everything is stored, and nothing of earlier backups referred to
public record TakeOptions(int workers, long bytesPerSecond, int level, boolean anew) {

    /// @throws IllegalArgumentException when one is out of its range
    public TakeOptions {
        if (workers < 1 || workers > 64 || bytesPerSecond < 0 || level < 1 || level > 19) {
            throw new IllegalArgumentException(
                    "workers must be 1 to 64, the rate 0 or above and the level 1 to 19, not "
                            + workers
                            + ", "
                            + bytesPerSecond
                            + " and "
                            + level);
        }
    }
}
