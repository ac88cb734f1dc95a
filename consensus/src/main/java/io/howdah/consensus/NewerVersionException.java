package io.howdah.consensus;

/// A command or a document was written by a later version, and this one does not understand all of
/// it. Unlike a damaged one, others do understand it: this node must stop there, as going on
/// without it would make its document another one than theirs. The message is a fact and a HINT.
public final class NewerVersionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public NewerVersionException(String message) {
        super(message);
    }
}
