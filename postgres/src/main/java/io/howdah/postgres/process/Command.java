package io.howdah.postgres.process;

import io.howdah.postgres.PostgresException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Runs one short program to its end. Nothing of our environment reaches it but what is given.
/// Thread-safe.
public final class Command {

    /// More output than this is cut off; our programs print a few lines.
    private static final int READER_LATE_SECONDS = 60;

    private static final int MOST_OUTPUT_BYTES = 1 << 20;

    /// How a program ended.
    ///
    /// @param exitCode 0 for success
    /// @param output standard output and standard error, as they came
    public record Result(int exitCode, String output) {

        /// Whether the program said that it succeeded.
        public boolean succeeded() {
            return exitCode == 0;
        }
    }

    private Command() {}

    /// Runs it and waits for its end.
    ///
    /// @param command the program and its arguments
    /// @param environment all of its environment
    /// @param deadline after this it is killed
    /// @throws PostgresException when it cannot be run, or does not end in time
    public static Result run(
            List<String> command, Map<String, String> environment, Duration deadline) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.directory(Path.of("/").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            try {
                process.getOutputStream().close();
                return await(process, command, deadline);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new PostgresException(
                    "cannot run " + command.getFirst() + ": " + e.getMessage(),
                    "check that it is installed and may be executed",
                    e);
        }
    }

    private static Result await(Process process, List<String> command, Duration deadline)
            throws IOException {
        StringBuilder output = new StringBuilder();
        AtomicBoolean reading = new AtomicBoolean();
        Thread reader =
                Thread.ofVirtual()
                        .name("output of " + command.getFirst())
                        .start(() -> {
                            reading.set(true);
                            read(process.getInputStream(), output);
                        });
        try {
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new PostgresException(
                        command.getFirst() + " did not end within " + deadline.toSeconds() + " s",
                        "look at the load of this machine and its disks, then try again");
            }
            awaitOutput(process, reader, reading);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PostgresException(
                    "interrupted while " + command.getFirst() + " ran", "try again", e);
        }
        synchronized (output) {
            return new Result(process.exitValue(), output.toString());
        }
    }

    /// Waits until all output is read. A grandchild may hold the pipe open for longer than the
    /// program lives, so nothing more to read for a second is enough; but on a machine under load
    /// the reader itself may come late, and what it has not read is not to be lost.
    private static void awaitOutput(Process process, Thread reader, AtomicBoolean reading)
            throws IOException, InterruptedException {
        for (int second = 0; second < READER_LATE_SECONDS; second++) {
            if (reader.join(Duration.ofSeconds(1))
                    || (reading.get() && process.getInputStream().available() == 0)) {
                return;
            }
        }
    }

    private static void read(InputStream stream, StringBuilder output) {
        byte[] buffer = new byte[8192];
        try (stream) {
            for (int length = stream.read(buffer); length >= 0; length = stream.read(buffer)) {
                synchronized (output) {
                    if (output.length() < MOST_OUTPUT_BYTES) {
                        output.append(new String(buffer, 0, length, StandardCharsets.UTF_8));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
