package io.howdah.proxy.statement;

/// What a client calls a statement. As a note it stands for a use of it. Immutable.
///
/// @param name the client's
record Naming(Name name, SharedStatement statement) implements Note {

    @Override
    public void answered() {
        // It was used.
    }

    @Override
    public void failed() {
        // It is as it was.
    }

    @Override
    public boolean isChange() {
        return false;
    }
}
