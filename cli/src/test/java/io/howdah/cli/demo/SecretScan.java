package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Looks for the text of every secret of a demo in everything that it has logged.
final class SecretScan {

    /// Shorter texts (the demo's `app`) are in every log by chance.
    private static final int SECRET_CHARACTERS_MINIMUM = 16;

    private SecretScan() {}

    /// Fails when a log holds a secret, or when there was nothing to look for or to look into.
    static void assertNothingLeaked(Path demo) throws IOException {
        List<String> secrets = secrets(demo);
        assertThat(secrets).as("secrets of the demo").hasSizeGreaterThan(4);
        int logs = 0;
        for (Path file : files(demo)) {
            String name = file.toString();
            if (name.endsWith(".log") || name.contains("/log/")) {
                logs++;
                String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                assertThat(secrets.stream().filter(text::contains).count())
                        .as("secrets in %s", file)
                        .isZero();
            }
        }
        assertThat(logs).as("logs of the demo").isGreaterThan(3);
    }

    private static List<String> secrets(Path demo) throws IOException {
        var secrets = new ArrayList<String>();
        for (Path file : files(demo)) {
            Path folder = file.getParent();
            boolean secret =
                    folder != null
                            && (folder.endsWith("secrets")
                                    || folder.endsWith("authority")
                                    || folder.endsWith("admin"))
                            && !file.toString().endsWith(".crt");
            if (secret) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as("%s", file)
                        .isEqualTo("rw-------");
                Files.readString(file)
                        .lines()
                        .filter(line -> !line.startsWith("-----"))
                        .filter(line -> line.length() >= SECRET_CHARACTERS_MINIMUM)
                        .forEach(secrets::add);
            }
        }
        return secrets;
    }

    private static List<Path> files(Path demo) throws IOException {
        try (Stream<Path> files = Files.walk(demo)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
