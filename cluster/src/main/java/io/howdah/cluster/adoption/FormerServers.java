package io.howdah.cluster.adoption;

import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.Installation;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.ServerProcesses;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends what runs in a data directory before Howdah does.
public final class FormerServers {

    private static final Duration STOP = Duration.ofMinutes(5);
    private static final Duration KILL = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(FormerServers.class);

    private FormerServers() {}

    /// Stops the server in order, whoever started it, and returns when nothing is left of it. Of
    /// one that has died before, what is left is ended. Does nothing when nothing runs.
    ///
    /// @throws PostgresException when it does not stop in time; it goes on stopping
    public static void stop(DataDirectory data, Installation installation, Path log) {
        FormerServer.in(data, installation, log)
                .ifPresent(server -> {
                    LOG.info("stopping the former server in {}, process {}", data, server.pid());
                    try {
                        server.checkpoint();
                    } catch (PostgresException e) {
                        LOG.info("no checkpoint before the stop: {}", e.getMessage());
                    }
                    server.stop(STOP);
                });
        new ServerProcesses(data).killAll(KILL);
    }
}
