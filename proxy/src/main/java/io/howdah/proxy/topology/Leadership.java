package io.howdah.proxy.topology;

import io.howdah.postgres.wire.ServerAddress;
import org.jspecify.annotations.Nullable;

/// Who leads a cluster, as far as is known. Immutable.
///
/// @param epoch the newest term of leadership that is known; 0 before the first
/// @param primary where writes go in it; null while there is nobody: not yet, or not any more
public record Leadership(long epoch, ServerAddress.@Nullable Tcp primary) {

    /// Nothing is known yet.
    public static final Leadership UNKNOWN = new Leadership(0, null);

    /// Somebody leads.
    public static Leadership of(long epoch, ServerAddress.Tcp primary) {
        return new Leadership(epoch, primary);
    }

    /// Nobody leads, not yet or not any more.
    public static Leadership ofNobody(long epoch) {
        return new Leadership(epoch, null);
    }

    /// @throws IllegalArgumentException when the epoch is negative, or one before the first has a
    ///   primary
    public Leadership {
        if (epoch < 0 || (epoch == 0 && primary != null)) {
            throw new IllegalArgumentException("no epoch with " + primary + ": " + epoch);
        }
    }
}
