package io.howdah.proxy.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A word of a rule. In quotes it is always a name.
///
/// @param text without the quotes
/// @param quoted whether it was in quotes, in whole or in part
record Word(String text, boolean quoted) {

    /// Divides a line at blanks into columns, and these at commas into words.
    ///
    /// @throws IllegalArgumentException when a quote is not closed
    static List<List<Word>> columns(String line) {
        List<List<Word>> columns = new ArrayList<>();
        List<Word> column = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        boolean inside = false;
        boolean begun = false;
        for (int i = 0; i <= line.length(); i++) {
            char c = i < line.length() ? line.charAt(i) : ' ';
            if (c == '#' && !inside && !begun) {
                break;
            }
            if (inside && i == line.length()) {
                throw new IllegalArgumentException("has a quote that is not closed");
            }
            if (c == '"') {
                inside = !inside;
                quoted = true;
                begun = true;
            } else if (inside || (!Character.isWhitespace(c) && c != ',')) {
                word.append(c);
                begun = true;
            } else {
                if (begun) {
                    column.add(new Word(word.toString(), quoted));
                }
                word.setLength(0);
                quoted = false;
                begun = false;
                if (c != ',' && !column.isEmpty() && !isContinued(line, i)) {
                    columns.add(column);
                    column = new ArrayList<>();
                }
            }
        }
        return columns;
    }

    /// PostgreSQL takes blanks after a comma for nothing.
    private static boolean isContinued(String line, int at) {
        return at > 0 && at < line.length() && line.charAt(at - 1) == ',';
    }

    boolean isKeyword(String keyword) {
        return !quoted && text.equals(keyword);
    }

    boolean isAnyKeyword(Set<String> keywords) {
        return !quoted && keywords.contains(text);
    }

    boolean begins(String prefix) {
        return !quoted && text.startsWith(prefix);
    }
}
