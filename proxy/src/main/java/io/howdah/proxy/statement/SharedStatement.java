package io.howdah.proxy.statement;

import java.util.Arrays;

/// A statement that clients share, each under names of its own: what it is called on the servers,
/// and what these have said about it. For one thread.
final class SharedStatement {

    /// No server has said yet what it returns.
    private static final long UNKNOWN = 0;

    private final StatementText text;
    private final Name name;
    private byte[] parameterTypes = {};
    private boolean parsedAnew;
    private long shape = UNKNOWN;
    private boolean outdated;
    private int references;

    /// @param number nobody else's
    SharedStatement(StatementText text, long number) {
        this.text = text;
        this.name = Name.of(StatementMessages.PREFIX + number);
        this.parsedAnew = text.isOfTheMoment();
    }

    StatementText text() {
        return text;
    }

    /// What servers call it.
    Name name() {
        return name;
    }

    /// Whether the server has to see each client's own Parse.
    boolean isParsedAnew() {
        return parsedAnew;
    }

    /// Its Parse says more than that it went well.
    void parseAnew() {
        parsedAnew = true;
    }

    /// What a Parse of ours says behind the name: the parameters' types are those that the server
    /// found the first time, as when PostgreSQL itself plans a statement anew.
    byte[] parseBody() {
        if (parameterTypes.length == 0) {
            return text.body();
        }
        int textBytes = text.textBytes();
        byte[] body = Arrays.copyOf(text.body(), textBytes + parameterTypes.length);
        System.arraycopy(parameterTypes, 0, body, textBytes, parameterTypes.length);
        return body;
    }

    /// A server has said what types its parameters have.
    ///
    /// @param types as a message has them
    void learnParameterTypes(byte[] types) {
        if (parameterTypes.length == 0) {
            parameterTypes = types;
        }
    }

    /// A server has said what it returns.
    ///
    /// @return false when that is not what was said before
    boolean learnShape(long said) {
        if (shape == UNKNOWN) {
            shape = said;
        }
        return shape == said;
    }

    /// The same statement under other settings was known to return this.
    ///
    /// @return false when this one returns something else
    boolean learnShapeOf(SharedStatement other) {
        return other.shape == UNKNOWN || learnShape(other.shape);
    }

    /// What it returns has changed since clients were told, so it must not be used any more.
    boolean isOutdated() {
        return outdated;
    }

    void outdate() {
        outdated = true;
    }

    int references() {
        return references;
    }

    void count(int change) {
        references += change;
    }
}
