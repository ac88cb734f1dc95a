package io.howdah.proxy.statement;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `DEALLOCATE` and `DISCARD ALL` as drivers write them: a statement alone, without comments.
final class Deallocation {

    /// No such statement is longer.
    static final int LONGEST_BYTES = 256;

    /// The name is taken as far as it goes, and never less: so its length costs no stack.
    private static final Pattern FORM =
            Pattern.compile(
                    "\\s*deallocate\\s+(?:prepare\\s+)?"
                            + "(?:\"((?:[^\"]++|\"\")++)\"|([a-z_][a-z0-9_$]*))\\s*;?\\s*",
                    Pattern.CASE_INSENSITIVE);

    private static final Pattern ALL =
            Pattern.compile(
                    "\\s*(?:deallocate\\s+(?:prepare\\s+)?|discard\\s+)all\\s*;?\\s*",
                    Pattern.CASE_INSENSITIVE);

    private Deallocation() {}

    /// Whether a text that begins so is worth reading.
    static boolean mayBegin(byte first) {
        return (first | 0x20) == 'd';
    }

    /// Whether it is of all names.
    static boolean isOfAll(String text) {
        return ALL.matcher(text).matches();
    }

    /// The name; empty when the text says something else.
    ///
    /// @param text a character stands for one byte
    static String name(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return "";
        }
        String quoted = matcher.group(1);
        if (quoted != null) {
            return quoted.replace("\"\"", "\"");
        }
        return isOfAll(text) ? "" : matcher.group(2).toLowerCase(Locale.ROOT);
    }
}
