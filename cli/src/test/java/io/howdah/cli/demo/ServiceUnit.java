package io.howdah.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The systemd unit that is shipped, so that tests do as it says.
///
/// @param lines `Section.key=value`, without comments
record ServiceUnit(List<String> lines) {

    static final Path FILE = Path.of("..", "packaging", "systemd", "howdah.service");

    ServiceUnit {
        lines = List.copyOf(lines);
    }

    static ServiceUnit read() {
        try {
            var lines = new ArrayList<String>();
            String section = "";
            for (String line : Files.readAllLines(FILE)) {
                if (line.startsWith("[")) {
                    section = line.substring(1, line.indexOf(']'));
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    lines.add(section + "." + line);
                }
            }
            return new ServiceUnit(lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The value of a key that stands there once.
    String value(String section, String key) {
        String start = section + "." + key + "=";
        return lines.stream()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(start + " is not in " + FILE));
    }
}
