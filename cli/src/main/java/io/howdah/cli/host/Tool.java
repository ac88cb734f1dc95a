package io.howdah.cli.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs the operating system's own programs. Stateless.
public final class Tool {

    private Tool() {}

    /// Runs one to its end.
    ///
    /// @return what it printed
    /// @throws IllegalStateException when it fails, with what it said
    public static String run(List<String> command) {
        return run(command, "");
    }

    /// The same, with something to read for it.
    static String run(List<String> command, String input) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var out = process.getOutputStream()) {
                out.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new IllegalStateException(
                        "%s ended with %d: %s"
                                .formatted(String.join(" ", command), code, said.strip()));
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /// The same.
    public static String run(String... command) {
        return run(List.of(command));
    }

    /// Before looking again.
    static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while hosts were made or broken", e);
    }
}
