package io.howdah.proxy.statement;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one client calls by which name. For one thread.
final class ClientStatements {

    /// So many names are kept; what comes beyond stays on the client's connection.
    static final int NAMES_MAXIMUM = 10_000;

    private final SharedStatements shared;
    private final Map<Name, Naming> byName = new HashMap<>();

    /// The client has left. What it sent last may be answered after that.
    private boolean gone;

    ClientStatements(SharedStatements shared) {
        this.shared = shared;
    }

    boolean isEmpty() {
        return byName.isEmpty();
    }

    boolean isFull() {
        return byName.size() >= NAMES_MAXIMUM;
    }

    @Nullable Naming find(Name name) {
        return byName.get(name);
    }

    /// A name is given, perhaps anew.
    void put(Naming naming) {
        if (gone) {
            return;
        }
        shared.retainNamed(naming.statement());
        Naming before = byName.put(naming.name(), naming);
        if (before != null) {
            release(before);
        }
    }

    void remove(Naming naming) {
        if (byName.remove(naming.name(), naming)) {
            release(naming);
        }
    }

    /// The name is closed, as far as is known; the statement is still held.
    void takeOut(Naming naming) {
        byName.remove(naming.name());
    }

    void putBack(Naming naming) {
        if (gone) {
            release(naming);
        } else {
            byName.put(naming.name(), naming);
        }
    }

    void release(Naming naming) {
        shared.releaseNamed(naming.statement());
    }

    /// What a name was just given to is another statement than it seemed.
    void replace(Naming given, StatementText text) {
        SharedStatement right = shared.of(text);
        if (right != null && given.equals(byName.get(given.name()))) {
            put(new Naming(given.name(), right));
        }
    }

    /// Nothing is held for the client any more.
    void leave() {
        gone = true;
        clear();
    }

    /// All names are forgotten.
    void clear() {
        byName.values().forEach(this::release);
        byName.clear();
    }
}
