package io.howdah.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What `postmaster.pid` says. PostgreSQL writes it line by line as it starts, so the later lines
/// may be missing. Immutable.
///
/// @param pid the postmaster's number
/// @param port the port, 0 while it is not written
/// @param socketDirectory where its first socket lies, empty while it is not written or it has none
/// @param status what the postmaster says it does, empty while it is not written
record PostmasterFile(long pid, int port, String socketDirectory, String status) {

    private static final int PORT_LINE = 3;
    private static final int SOCKET_LINE = 4;
    private static final int STATUS_LINE = 7;

    /// Reads it; empty when there is none or its first line is not yet written.
    static Optional<PostmasterFile> read(Path dataDirectory) {
        try {
            List<String> lines =
                    Files.readAllLines(path(dataDirectory), StandardCharsets.ISO_8859_1);
            // A server in single-user mode writes its number with a minus.
            long pid = lines.isEmpty() ? 0 : Math.abs(Long.parseLong(lines.getFirst().strip()));
            return pid == 0
                    ? Optional.empty()
                    : Optional.of(
                            new PostmasterFile(
                                    pid,
                                    number(line(lines, PORT_LINE)),
                                    line(lines, SOCKET_LINE),
                                    line(lines, STATUS_LINE)));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// Where its first socket lies: a relative path counts from the data directory.
    Path socketDirectoryIn(Path dataDirectory) {
        return dataDirectory.resolve(socketDirectory);
    }

    static Path path(Path dataDirectory) {
        return dataDirectory.resolve("postmaster.pid");
    }

    private static String line(List<String> lines, int index) {
        return index < lines.size() ? lines.get(index).strip() : "";
    }

    private static int number(String text) {
        return text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    }
}
