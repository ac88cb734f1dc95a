package io.howdah.cluster.adoption;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What ALTER SYSTEM has set, for a server that does not run and cannot be asked. PostgreSQL writes
/// that file itself, each setting on a line of its own.
final class AlterSystemFile {

    /// Its name, in the data directory.
    static final String NAME = "postgresql.auto.conf";

    private static final Pattern LINE =
            Pattern.compile(
                    "\\s*([A-Za-z_][A-Za-z0-9_.$]*)\\s*=?\\s*(?:'((?:[^']|'')*)'|([^\\s#']+))\\s*(?:#.*)?");

    private AlterSystemFile() {}

    /// Reads it; of two lines about the same setting the later one counts.
    ///
    /// @throws UncheckedIOException when it cannot be read
    static List<FormerSetting> read(Path dataDirectory) {
        Path file = dataDirectory.resolve(NAME);
        try {
            return parse(Files.readAllLines(file, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    static List<FormerSetting> parse(List<String> lines) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : lines) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                String quoted = matcher.group(2);
                values.put(
                        matcher.group(1).toLowerCase(Locale.ROOT),
                        quoted == null
                                ? matcher.group(3)
                                : quoted.replace("''", "'").replace("\\\\", "\\"));
            }
        }
        List<FormerSetting> settings = new ArrayList<>();
        values.forEach((name, value) -> settings.add(new FormerSetting(name, value, false)));
        return List.copyOf(settings);
    }
}
