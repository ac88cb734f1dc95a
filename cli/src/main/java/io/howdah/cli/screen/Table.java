package io.howdah.cli.screen;

import java.util.ArrayList;
import java.util.List;

/// Rows under a heading, each column as wide as its widest cell. Columns that are empty in every
/// row are left out. Not thread-safe.
public final class Table {

    private static final String GAP = "  ";

    /// One cell.
    ///
    /// @param text one line
    /// @param style how it looks
    public record Cell(String text, Style style) {
        /// A cell that looks as it comes.
        public static Cell of(String text) {
            return new Cell(text, Style.PLAIN);
        }
    }

    /// A column's heading.
    ///
    /// @param title in capitals
    /// @param right whether its cells end at the right edge, as numbers do
    public record Column(String title, boolean right) {
        /// A column of words.
        public static Column words(String title) {
            return new Column(title, false);
        }

        /// A column of numbers.
        public static Column numbers(String title) {
            return new Column(title, true);
        }
    }

    private final List<Column> columns;
    private final List<List<Cell>> rows = new ArrayList<>();

    /// A table without rows.
    public Table(List<Column> columns) {
        this.columns = List.copyOf(columns);
    }

    /// Adds a row.
    ///
    /// @throws IllegalArgumentException when it has another number of cells than there are columns
    public void add(List<Cell> row) {
        if (row.size() != columns.size()) {
            throw new IllegalArgumentException(
                    "a row of " + row.size() + " cells in a table of " + columns.size());
        }
        rows.add(List.copyOf(row));
    }

    /// The heading and the rows as lines, without spaces at their ends.
    public List<String> lines(boolean colours) {
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            for (List<Cell> row : rows) {
                widths[i] = Math.max(widths[i], length(row.get(i).text()));
            }
            if (widths[i] > 0) {
                widths[i] = Math.max(widths[i], length(columns.get(i).title()));
            }
        }
        var lines = new ArrayList<String>();
        lines.add(
                line(
                        columns.stream().map(c -> new Cell(c.title(), Style.DIM)).toList(),
                        widths,
                        colours));
        for (List<Cell> row : rows) {
            lines.add(line(row, widths, colours));
        }
        return lines;
    }

    private String line(List<Cell> cells, int[] widths, boolean colours) {
        var line = new StringBuilder();
        int pending = 0;
        for (int i = 0; i < widths.length; i++) {
            if (widths[i] == 0) {
                continue;
            }
            Cell cell = cells.get(i);
            int padding = widths[i] - length(cell.text());
            if (!cell.text().isEmpty()) {
                line.repeat(' ', pending + (columns.get(i).right() ? padding : 0));
                line.append(cell.style().paint(cell.text(), colours));
                pending = (columns.get(i).right() ? 0 : padding) + GAP.length();
            } else {
                pending += padding + GAP.length();
            }
        }
        return line.toString();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
