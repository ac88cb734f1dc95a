package io.howdah.cli.demo;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// How a process ended, in words.
final class ExitStatus {

    private static final int TAIL_BYTES = 4096;
    private static final int LINE_MAXIMUM = 200;

    private ExitStatus() {}

    /// Such as `signal 9`, or the exit code with what it wrote last.
    ///
    /// @param code as Java gives it: 128 and more means a signal
    /// @param log where the process wrote
    static String describe(int code, Path log) {
        if (code > 128 && code < 128 + 65) {
            return "signal " + (code - 128);
        }
        String last = reason(tail(log));
        return "exit code " + code + (last.isEmpty() || code == 0 ? "" : ": " + last);
    }

    /// The line before the last hint, else the last line.
    private static String reason(List<String> lines) {
        List<String> written = lines.stream().filter(line -> !line.isBlank()).toList();
        if (written.isEmpty()) {
            return "";
        }
        String reason = written.getLast();
        for (int i = 1; i < written.size(); i++) {
            if (written.get(i).startsWith("HINT: ")) {
                reason = written.get(i - 1);
            }
        }
        return reason.length() > LINE_MAXIMUM ? reason.substring(0, LINE_MAXIMUM) + "..." : reason;
    }

    private static List<String> tail(Path log) {
        try (var file = new RandomAccessFile(log.toFile(), "r")) {
            long start = Math.max(0, file.length() - TAIL_BYTES);
            byte[] bytes = new byte[(int) (file.length() - start)];
            file.seek(start);
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
