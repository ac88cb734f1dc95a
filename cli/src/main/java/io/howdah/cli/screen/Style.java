package io.howdah.cli.screen;

/// How a piece of text looks on a terminal that shows colours.
public enum Style {
    /// As it comes.
    PLAIN(""),
    /// Stands out.
    BOLD("1"),
    /// Steps back.
    DIM("2"),
    /// All is well.
    GREEN("32"),
    /// On its way, or worth a look.
    YELLOW("33"),
    /// Wrong.
    RED("31");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /// The text in this style; unchanged without colours.
    public String paint(String text, boolean colours) {
        return colours && !code.isEmpty() && !text.isEmpty()
                ? "\u001b[" + code + "m" + text + "\u001b[0m"
                : text;
    }
}
