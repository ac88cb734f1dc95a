package io.howdah.backup.manifest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Paths as manifests write them: bytes other than printable ASCII, and `%`, become `%` and two
/// hexadecimal digits; so a path is one word. Pure.
public final class PathText {

    private PathText() {}

    /// Writes a path.
    public static String encode(String path) {
        if (path.chars().allMatch(PathText::isPlain)) {
            return path;
        }
        var text = new StringBuilder();
        for (byte each : path.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(each)) {
                text.append((char) each);
            } else {
                text.append("%%%02X".formatted(each));
            }
        }
        return text.toString();
    }

    /// Reads one.
    ///
    /// @throws IllegalArgumentException when it is no path below a directory
    public static String decode(String text) {
        String path = text.indexOf('%') < 0 ? text : decoded(text);
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..") || part.contains("\0")) {
                throw new IllegalArgumentException(
                        "not a path in a data directory: '" + text + "'");
            }
        }
        return path;
    }

    private static String decoded(String text) {
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (each != '%') {
                bytes.write(each);
            } else if (i + 2 < text.length()) {
                bytes.write(Integer.parseInt(text, i + 1, i + 3, 16));
                i += 2;
            } else {
                throw new IllegalArgumentException("not a path: '" + text + "'");
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static boolean isPlain(int each) {
        return each > ' ' && each < 0x7f && each != '%';
    }
}
