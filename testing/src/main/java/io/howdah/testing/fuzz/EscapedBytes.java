package io.howdah.testing.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Bytes as one line of text: ASCII stands for itself, everything else and the backslash as `\xhh`.
public final class EscapedBytes {

    private EscapedBytes() {}

    /// The line of some bytes.
    public static String encode(byte[] bytes) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < bytes.length; i++) {
            int b = bytes[i] & 0xff;
            // A line that begins with # is a comment, and blanks at an end get lost.
            boolean edge = i == 0 || i == bytes.length - 1;
            if (b < ' ' || b > '~' || b == '\\' || (edge && (b == '#' || b == ' '))) {
                line.append("\\x").append(HexFormat.of().toHexDigits((byte) b));
            } else {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    /// The bytes of a line.
    ///
    /// @throws IllegalArgumentException for what [#encode] does not write
    public static byte[] decode(String line) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c > '~') {
                throw new IllegalArgumentException("not ASCII: " + line);
            }
            if (c == '\\') {
                if (!line.startsWith("\\x", i) || i + 4 > line.length()) {
                    throw new IllegalArgumentException("a backslash without xhh: " + line);
                }
                bytes.writeBytes(HexFormat.of().parseHex(line, i + 2, i + 4));
                i += 3;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }

    /// A text whose characters stand for one byte each.
    public static byte[] of(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
