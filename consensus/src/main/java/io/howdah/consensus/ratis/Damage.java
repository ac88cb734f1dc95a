package io.howdah.consensus.ratis;

import io.howdah.consensus.StoreException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What to say about a storage that cannot be used.
final class Damage {

    private Damage() {}

    static StoreException of(Path directory, String fact, @Nullable Throwable cause) {
        return new StoreException(
                fact,
                "if the other nodes run, move "
                        + directory
                        + " away and start this node again: it joins as a new peer and loses nothing.",
                cause);
    }
}
