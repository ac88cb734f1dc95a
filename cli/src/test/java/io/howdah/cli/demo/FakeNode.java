package io.howdah.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;

/// A process in a node's place: writes down its start and, on SIGTERM, its end, beside its
/// configuration. Leaves in order at its first start where it is told to. Never waits for anybody.
final class FakeNode {

    private FakeNode() {}

    /// Runs with the arguments that `howdah` gets: `node --config FILE`.
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[2]).resolveSibling("").toAbsolutePath();
        if (Files.exists(folder.resolve("broken"))) {
            System.err.println("the data directory is of version 14\nHINT: upgrade it");
            System.exit(1);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> write(folder, "stopped")));
        write(folder, "started");
        if (Files.deleteIfExists(folder.resolve("leave"))) {
            System.exit(0);
        }
        new CountDownLatch(1).await();
    }

    private static void write(Path folder, String what) {
        try {
            Files.writeString(
                    folder.resolve("events"),
                    what + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
