package io.howdah.postgres.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/// Names the one process of its kind for others to find: its number and its start, which no later
/// process has. That process holds a lock on the file as long as it lives.
///
/// @param file where that is written
public record ProcessFile(Path file) {

    /// This process is the one, until it is closed.
    public static final class Claim implements AutoCloseable {
        private final FileChannel channel;

        private Claim(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /// Writes a process down.
    ///
    /// @param self this one
    /// @param remark one line for [#remark]; may be empty
    /// @return empty where another such process runs
    /// @throws IOException when the file cannot be written
    public Optional<Claim> claim(ProcessGrip self, String remark) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            channel.close();
            return Optional.empty();
        }
        channel.truncate(0);
        String mark = self.pid() + " " + self.startTicks() + "\n" + remark + "\n";
        channel.write(ByteBuffer.wrap(mark.getBytes(StandardCharsets.UTF_8)));
        return Optional.of(new Claim(channel));
    }

    private record Mark(long pid, long startTicks) {

        boolean isOf(ProcessGrip process) {
            return process.pid() == pid && process.startTicks() == startTicks;
        }
    }

    private Optional<Mark> mark() {
        try {
            List<String> lines = Files.readAllLines(file);
            String[] words = lines.isEmpty() ? new String[0] : lines.getFirst().split(" ");
            return words.length == 2
                    ? Optional.of(new Mark(Long.parseLong(words[0]), Long.parseLong(words[1])))
                    : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// The process that runs now; empty when none does. To be closed.
    public Optional<ProcessGrip> running() {
        Optional<Mark> mark = mark();
        Optional<ProcessGrip> grip = mark.flatMap(written -> ProcessGrip.on(written.pid()));
        if (grip.isPresent() && !mark.get().isOf(grip.get())) {
            grip.get().close();
            return Optional.empty();
        }
        return grip;
    }

    /// Whether that process is the one that was written down.
    public boolean names(ProcessGrip process) {
        return mark().filter(written -> written.isOf(process)).isPresent();
    }

    /// What that process remarked of itself; empty when nothing is known.
    public String remark() {
        try {
            List<String> lines = Files.readAllLines(file);
            return lines.size() < 2 ? "" : lines.get(1);
        } catch (IOException e) {
            return "";
        }
    }
}
