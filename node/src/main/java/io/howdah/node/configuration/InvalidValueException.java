package io.howdah.node.configuration;

/// A value that a record refuses, with the key that it stands under, so that the reader of the file
/// can name its line.
final class InvalidValueException extends IllegalArgumentException {

    private final String key;
    private final String problem;

    /// @param key the key in the file
    /// @param problem what is wrong with it; the message is the key, a space and this
    InvalidValueException(String key, String problem) {
        super(key + " " + problem);
        this.key = key;
        this.problem = problem;
    }

    String key() {
        return key;
    }

    String problem() {
        return problem;
    }
}
