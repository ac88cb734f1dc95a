package io.howdah.node.api;

/// The API's server could not be started. The message is the fact and, on a second line, the hint.
public final class ApiServerException extends RuntimeException {

    /// @param fact what happened
    /// @param hint what to do, without the word HINT
    /// @param cause what failed
    public ApiServerException(String fact, String hint, Throwable cause) {
        super(fact + "\nHINT: " + hint, cause);
    }
}
