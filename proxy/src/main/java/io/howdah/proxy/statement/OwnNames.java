package io.howdah.proxy.statement;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one client has prepared on its server connection under its own names, which nobody else may
/// find there: as long as there is any, it keeps that connection. For one thread.
final class OwnNames {

    /// Of more than so many it is not known any more when the last one has gone, but where all go
    /// at once.
    private static final int MAXIMUM = 64;

    private final Set<Name> names = new HashSet<>();
    private int unanswered;
    private boolean many;

    /// Whether something is there, or may be.
    boolean areThere() {
        return unanswered > 0 || many || !names.isEmpty();
    }

    boolean has(Name name) {
        return names.contains(name);
    }

    /// A Parse is sent as it is.
    ///
    /// @param name null when it is not known
    Note prepared(@Nullable Name name) {
        unanswered++;
        return new Note.Own(this, name);
    }

    /// It has been answered.
    ///
    /// @param well whether the statement is there
    void answered(@Nullable Name name, boolean well) {
        unanswered--;
        if (!well) {
            return;
        }
        if (name != null && (names.size() < MAXIMUM || names.contains(name))) {
            names.add(name);
        } else {
            many = true;
        }
    }

    /// A name was closed.
    void closed(Name name) {
        names.remove(name);
    }

    /// All are gone that the server had by then.
    void clear() {
        names.clear();
        many = false;
    }
}
