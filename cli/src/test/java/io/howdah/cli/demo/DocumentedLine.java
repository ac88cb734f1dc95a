package io.howdah.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One line that a document tells people to type: in a block fenced by `sh`, or indented by four.
///
/// @param place document and line, for a failed test
/// @param words the command and its arguments
/// @param expected the exit code, or for `curl` the status: `# exits 1`, `# answers 503`; else what
///   means success
record DocumentedLine(String place, List<String> words, int expected) {

    private static final Pattern EXPECTED = Pattern.compile("# (?:exits|answers) (\\d+)");
    private static final Pattern WORD = Pattern.compile("\"[^\"]*\"|[^\\s\"]+");
    private static final Pattern COMMENT = Pattern.compile("\\s+#.*");

    DocumentedLine {
        words = List.copyOf(words);
    }

    static List<DocumentedLine> in(Path document) {
        try {
            var found = new ArrayList<DocumentedLine>();
            boolean fenced = false;
            int number = 0;
            for (String line : Files.readAllLines(document)) {
                number++;
                if (line.startsWith("```")) {
                    fenced = line.equals("```sh");
                } else if ((fenced || line.startsWith("    ")) && !line.isBlank()) {
                    found.add(of(document.getFileName() + ":" + number, line.strip()));
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DocumentedLine of(String place, String line) {
        Matcher expected = EXPECTED.matcher(line);
        List<String> words =
                WORD.matcher(COMMENT.matcher(line).replaceFirst(""))
                        .results()
                        .map(word -> word.group().replace("\"", ""))
                        .toList();
        int success = words.getFirst().equals("curl") ? 200 : 0;
        return new DocumentedLine(
                place, words, expected.find() ? Integer.parseInt(expected.group(1)) : success);
    }

    boolean isHowdah() {
        return words.getFirst().equals("howdah") || words.getFirst().equals("./howdah");
    }

    boolean isCurl() {
        return words.getFirst().equals("curl");
    }

    /// Whether it names something that only an installed host has, or leaves a word to the reader.
    boolean isForAHost() {
        return words.stream()
                .anyMatch(word ->
                        word.contains("/etc/")
                                || word.contains("<")
                                || word.contains("example.com:"));
    }

    List<String> arguments() {
        return words.subList(1, words.size());
    }

    @Override
    public String toString() {
        return place + " " + String.join(" ", words);
    }
}
