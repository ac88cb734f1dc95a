package io.howdah.proxy.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.testing.fuzz.EscapedBytes;
import io.howdah.testing.fuzz.FuzzInput;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Any text of a statement: it is taken for a `DEALLOCATE` of that name alone which PostgreSQL
/// would read in it, whatever name a client has given; and two are the same only where every byte
/// that counts is.
public final class StatementTextFuzz {

    private static final ParsingSettings PLAIN = new ParsingSettings(Map.of());

    private StatementTextFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        String words =
                list(input, "deallocate", "DEALLOCATE ", "deallocate\tprepare", "discard", "");
        String blank = list(input, " ", "\n", "\u000b", "");
        byte[] rest = input.rest();
        String text = new String(rest, StandardCharsets.ISO_8859_1);
        checkReading(words + blank + text);
        checkName(text);
        checkSameness(rest);
    }

    private static String list(FuzzInput input, String... choices) {
        return choices[input.next(choices.length)];
    }

    /// Whatever the proxy reads in it, PostgreSQL does, too.
    private static void checkReading(String text) {
        String name = Deallocation.name(text);
        List<String> read = tokens(text);
        if (!name.isEmpty()) {
            assertThat(read).as("of %s", text).hasSizeBetween(2, 3).first().isEqualTo("deallocate");
            assertThat(read.getLast()).isEqualTo('"' + name);
            assertThat(Deallocation.isOfAll(text)).isFalse();
        }
        if (Deallocation.isOfAll(text)) {
            assertThat(read).as("of %s", text).isNotEmpty().last().isEqualTo("all");
        }
        StatementText statement = new StatementText(EscapedBytes.of(text + "\0\0\0"), PLAIN);
        if (text.length() < Deallocation.LONGEST_BYTES - 3 && text.indexOf('\0') < 0) {
            boolean may = !text.isEmpty() && Deallocation.mayBegin((byte) text.charAt(0));
            assertThat(statement.deallocated()).isEqualTo(may ? name : "");
        }
    }

    /// What PostgreSQL's scanner makes of a single statement without comments: words in lower case,
    /// names behind a `"`; nothing where it would read something else.
    private static List<String> tokens(String text) {
        List<String> tokens = new ArrayList<>();
        int at = 0;
        boolean over = false;
        while (at < text.length()) {
            char c = text.charAt(at);
            int end = at + 1;
            if (" \t\n\r\f\u000b".indexOf(c) >= 0) {
                at = end;
                continue;
            }
            if (over) {
                return List.of();
            }
            if (c == ';') {
                over = true;
            } else if (c == '"') {
                while (end < text.length()
                        && (text.charAt(end) != '"' || text.startsWith("\"\"", end))) {
                    end += text.charAt(end) == '"' ? 2 : 1;
                }
                if (end >= text.length()) {
                    return List.of();
                }
                tokens.add('"' + text.substring(at + 1, end).replace("\"\"", "\""));
                end++;
            } else if (isLetter(c)) {
                while (end < text.length() && isInWord(text.charAt(end))) {
                    end++;
                }
                tokens.add(text.substring(at, end).toLowerCase(Locale.ROOT));
            } else {
                return List.of();
            }
            at = end;
        }
        return named(tokens);
    }

    /// A word that stands where a name does is one.
    private static List<String> named(List<String> tokens) {
        if (tokens.size() < 2) {
            return List.of();
        }
        String last = tokens.getLast();
        if (!last.equals("all") && last.charAt(0) != '"') {
            tokens.set(tokens.size() - 1, '"' + last);
        }
        return tokens;
    }

    private static boolean isLetter(char c) {
        return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c >= 0x80;
    }

    private static boolean isInWord(char c) {
        return isLetter(c) || (c >= '0' && c <= '9') || c == '$';
    }

    /// Every name that a client can give is found again where it is ended.
    private static void checkName(String text) {
        String name = text.replace("\0", "");
        if (!name.isEmpty()) {
            String quoted = '"' + name.replace("\"", "\"\"") + '"';
            assertThat(Deallocation.name("DEALLOCATE " + quoted)).isEqualTo(name);
            assertThat(Deallocation.name("deallocate  Prepare\n" + quoted + " ; ")).isEqualTo(name);
        }
    }

    private static void checkSameness(byte[] bytes) {
        StatementText one = new StatementText(bytes, PLAIN);
        StatementText two = new StatementText(bytes.clone(), PLAIN);
        assertThat(one).isEqualTo(two).hasSameHashCodeAs(two);
        assertThat(one.textBytes()).isBetween(0, bytes.length);
        assertThat(one.readsTheSameUnder(PLAIN)).isTrue();
        ParsingSettings other = new ParsingSettings(Map.of("client_encoding", "LATIN1"));
        assertThat(one.under(other)).isNotEqualTo(one);
        assertThat(one.under(other).under(PLAIN)).isEqualTo(one);
        assertThat(two.isOfTheMoment()).isEqualTo(one.isOfTheMoment());
        if (bytes.length > 0) {
            byte[] changed = bytes.clone();
            changed[bytes.length / 2] ^= 1;
            assertThat(new StatementText(changed, PLAIN)).isNotEqualTo(one);
        }
    }
}
