package io.howdah.proxy.session;

/// What strangers send, or may have a part in, fit for a log: one line, no control characters.
final class Printable {

    private static final int LONGEST = 500;

    private Printable() {}

    static String of(String text) {
        return text.substring(0, Math.min(LONGEST, text.length())).replaceAll("[^ -~]", "?");
    }
}
