package io.howdah.backup.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// A bucket of its own process, for measurements: in memory, and as far away as is wanted.
public final class Bucket {

    private Bucket() {}

    /// Prints its address, and ends when its input does.
    ///
    /// @param arguments a file for its credentials, which is made, and how many milliseconds each
    ///   call takes besides
    public static void main(String... arguments) throws IOException {
        try (var server = new S3Server(1, 0)) {
            server.delay(Duration.ofMillis(Long.parseLong(arguments[1])));
            System.out.println(server.address("loss/", Path.of(arguments[0])));
            System.out.flush();
            int read = System.in.read();
            while (read >= 0) {
                read = System.in.read();
            }
        }
    }
}
