package io.howdah.postgres;

/// Something that PostgreSQL, its files or its installation do not allow. The message is a
/// lower-case fact with its values, then a line `HINT:` that says what to do; it is meant to be
/// shown to the operator as it is.
public class PostgresException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String fact;
    private final String hint;

    /// @param fact what is the case, lower-case, with the values
    /// @param hint what the operator can do about it
    public PostgresException(String fact, String hint) {
        super(fact + "\nHINT: " + hint);
        this.fact = fact;
        this.hint = hint;
    }

    /// @param fact what is the case, lower-case, with the values
    /// @param hint what the operator can do about it
    /// @param cause what made it known
    public PostgresException(String fact, String hint, Throwable cause) {
        super(fact + "\nHINT: " + hint, cause);
        this.fact = fact;
        this.hint = hint;
    }

    /// What is the case.
    public String fact() {
        return fact;
    }

    /// What the operator can do about it.
    public String hint() {
        return hint;
    }
}
