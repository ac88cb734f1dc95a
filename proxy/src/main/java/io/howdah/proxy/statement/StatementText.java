package io.howdah.proxy.statement;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/// What makes statements the same: what a Parse says behind the name, and what it was said under.
/// Immutable.
final class StatementText {

    /// Literals whose value is that of the moment in which they are parsed.
    private static final Pattern OF_THE_MOMENT =
            Pattern.compile("'\\s*(now|today|tomorrow|yesterday)", Pattern.CASE_INSENSITIVE);

    private final byte[] body;
    private final ParsingSettings settings;
    private final int hash;

    /// @param body of a Parse, from the text on
    StatementText(byte[] body, ParsingSettings settings) {
        this.body = body;
        this.settings = settings;
        this.hash = 31 * Arrays.hashCode(body) + settings.hash();
    }

    byte[] body() {
        return body;
    }

    ParsingSettings settings() {
        return settings;
    }

    /// The same words under other settings.
    StatementText under(ParsingSettings others) {
        return new StatementText(body, others);
    }

    /// How long the text is, with the zero at its end.
    int textBytes() {
        int end = 0;
        while (end < body.length && body[end] != 0) {
            end++;
        }
        return Math.min(body.length, end + 1);
    }

    /// Whether each Parse of it may mean something else.
    boolean isOfTheMoment() {
        return OF_THE_MOMENT
                .matcher(new String(body, 0, textBytes(), StandardCharsets.ISO_8859_1))
                .find();
    }

    /// The name that it ends when it is executed; empty when it does something else.
    String deallocated() {
        return body.length > 1
                        && body.length <= Deallocation.LONGEST_BYTES
                        && Deallocation.mayBegin(body[0])
                ? Deallocation.name(
                        new String(body, 0, textBytes() - 1, StandardCharsets.ISO_8859_1))
                : "";
    }

    /// Whether its words are the same under other settings, too.
    boolean readsTheSameUnder(ParsingSettings others) {
        if (settings.readsAs(others)) {
            return true;
        }
        for (int i = 0; i < textBytes(); i++) {
            if (body[i] < 0 || body[i] == '\\') {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StatementText text
                && hash == text.hash
                && settings.equals(text.settings)
                && Arrays.equals(body, text.body);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
