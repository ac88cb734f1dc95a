package io.howdah.proxy.statement;

import org.jspecify.annotations.Nullable;

/// What one client has prepared without a name. PostgreSQL keeps that until the next one takes its
/// place, so the client may use it in a later transaction; on another server connection it is
/// parsed again for that, and what another client has left there is not found. What is known rests
/// on answers. For one thread.
final class ClientUnnamed {

    /// A longer one is not kept, as each client has one, nor is what there is no room for: it is
    /// found on its own connection only, as long as nobody else prepares there.
    static final int LONGEST_BYTES = 32 * 1024;

    private @Nullable Unnamed current;

    /// What the last change makes of it, where the server has not been heard yet.
    private @Nullable Unnamed next;

    private int changes;

    /// The client has left. What it sent last may be answered after that.
    private boolean gone;

    /// The last change was sent since the last Sync: what rests on it finds it, or is skipped with
    /// it.
    private boolean recent;

    /// The client prepares another one, or ends the one it has.
    Note.Nameless change(ServerStatements server, @Nullable Unnamed next) {
        return sent(new Note.Nameless(server, this, next, null));
    }

    /// A server connection is brought to what the client has.
    Note.Nameless again(ServerStatements server) {
        if (text() == null) {
            end();
        }
        return sent(new Note.Nameless(server, this, current, current));
    }

    private Note.Nameless sent(Note.Nameless note) {
        changes++;
        recent = true;
        next = note.change();
        return note;
    }

    /// A Sync is sent.
    void synced() {
        recent = false;
    }

    /// A change has been answered, or has failed.
    void become(@Nullable Unnamed reached) {
        changes--;
        if (current != reached) {
            end();
        }
        current = reached;
        if (gone) {
            end();
        }
    }

    /// A change was skipped.
    void stay() {
        changes--;
    }

    /// It is no more.
    void end() {
        if (current != null) {
            current.drop();
            current = null;
        }
    }

    /// Nothing is held for the client any more.
    void leave() {
        gone = true;
        end();
    }

    /// Whether the server has to be heard first.
    boolean isUnknown() {
        return changes > 0 && !recent;
    }

    /// Whether what the client says now finds its own there.
    boolean isOn(ServerStatements server) {
        return changes > 0 || (current != null && server.unnamed() == current);
    }

    /// The name that is ended by what is executed now; empty when that does something else.
    String deallocated() {
        Unnamed meant = changes > 0 ? next : current;
        return meant == null ? "" : meant.deallocated();
    }

    /// What can be parsed again; null when there is nothing.
    @Nullable StatementText text() {
        return current == null ? null : current.text();
    }
}
