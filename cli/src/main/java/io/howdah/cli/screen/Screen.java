package io.howdah.cli.screen;

import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Where a command writes what people read. Knows whether that is a terminal, and then refreshes a
/// picture in place. Thread-safe.
public final class Screen {

    private static final String CLEAR_BELOW = "\u001b[J";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String WRAP_OFF = "\u001b[?7l";
    private static final String WRAP_ON = "\u001b[?7h";

    private final PrintStream out;
    private final boolean terminal;
    private final boolean colours;
    private final boolean unicode;
    private int pictureLines;

    /// @param out where to write
    /// @param terminal whether that is a terminal
    /// @param colours whether it shows colours
    /// @param unicode whether it shows more than ASCII
    public Screen(PrintStream out, boolean terminal, boolean colours, boolean unicode) {
        this.out = out;
        this.terminal = terminal;
        this.colours = colours;
        this.unicode = unicode;
    }

    /// The standard output. `howdah.terminals`, which the launcher sets, names the descriptors that
    /// are terminals.
    public static Screen standardOutput() {
        return of(System.out, "1", System.getenv());
    }

    /// The standard error.
    public static Screen standardError() {
        return of(System.err, "2", System.getenv());
    }

    private static Screen of(PrintStream out, String descriptor, Map<String, String> environment) {
        boolean terminal = System.getProperty("howdah.terminals", "").contains(descriptor);
        boolean dumb = environment.getOrDefault("TERM", "dumb").equals("dumb");
        Charset charset = out.charset();
        return new Screen(
                out,
                terminal && !dumb,
                terminal && !dumb && environment.getOrDefault("NO_COLOR", "").isEmpty(),
                charset.equals(StandardCharsets.UTF_8));
    }

    /// Whether somebody watches.
    public boolean isTerminal() {
        return terminal;
    }

    /// Whether colours are shown.
    public boolean hasColours() {
        return colours;
    }

    /// Whether more than ASCII can be shown.
    public boolean hasUnicode() {
        return unicode;
    }

    /// `text` in that style where colours are shown.
    public String paint(Style style, String text) {
        return style.paint(text, colours);
    }

    /// Writes lines that stay. A picture below them is taken away; the next [#picture] draws it
    /// anew.
    public synchronized void print(List<String> lines) {
        var text = new StringBuilder(erase());
        lines.forEach(line -> text.append(line).append('\n'));
        pictureLines = 0;
        out.print(text);
        out.flush();
    }

    /// Writes a line that stays.
    public void print(String line) {
        print(List.of(line));
    }

    /// Draws a picture in place of the last one. Without a terminal it is only written below.
    public synchronized void picture(List<String> lines) {
        if (!terminal) {
            print(lines);
            return;
        }
        // Lines wider than the terminal must not wrap, or the way back up would be too short.
        var text = new StringBuilder(WRAP_OFF);
        if (pictureLines > 0) {
            text.append("\u001b[").append(pictureLines).append("A\r");
        }
        lines.forEach(line -> text.append(line).append(CLEAR_LINE).append('\n'));
        text.append(CLEAR_BELOW).append(WRAP_ON);
        pictureLines = lines.size();
        out.print(text);
        out.flush();
    }

    private String erase() {
        return pictureLines == 0 ? "" : "\u001b[" + pictureLines + "A\r" + CLEAR_BELOW;
    }
}
