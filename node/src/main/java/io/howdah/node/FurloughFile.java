package io.howdah.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What an agent that left its PostgreSQL running tells the next one: until when it may go on as
/// primary. On the boot clock, which all processes share until the machine is started again.
final class FurloughFile {

    private static final Logger LOG = LoggerFactory.getLogger(FurloughFile.class);

    private final Path file;

    /// @param directory the node's
    FurloughFile(Path directory) {
        this.file = directory.resolve("furlough");
    }

    /// Not made durable: it is of use only as long as the machine runs.
    void write(long mayLeadUntilNanos) {
        try {
            Files.writeString(file, bootId() + " " + mayLeadUntilNanos + "\n");
        } catch (IOException e) {
            LOG.warn("cannot write {}: {}", file, e.getMessage());
        }
    }

    /// What was written, once; empty when nothing was, or the machine was started since.
    OptionalLong take() {
        try {
            if (!Files.exists(file)) {
                return OptionalLong.empty();
            }
            String[] words = Files.readString(file).strip().split(" ");
            Files.delete(file);
            return words.length == 2 && words[0].equals(bootId())
                    ? OptionalLong.of(Long.parseLong(words[1]))
                    : OptionalLong.empty();
        } catch (IOException | NumberFormatException e) {
            LOG.warn("cannot read {}: {}", file, e.getMessage());
            return OptionalLong.empty();
        }
    }

    private static String bootId() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }
}
