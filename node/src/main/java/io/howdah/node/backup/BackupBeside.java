package io.howdah.node.backup;

import io.howdah.node.beside.BesideFiles;
import io.howdah.node.beside.BesideKeeper;
import io.howdah.node.beside.BesideLaunch;
import io.howdah.node.configuration.NodeConfiguration;
import java.time.Duration;
import java.util.List;

/// A node's end of the backup worker beside it. `start` is called once, and then `close`, with
/// `leave` before it where the worker is to run on.
public final class BackupBeside implements AutoCloseable {

    private final BesideKeeper keeper;
    private boolean left;

    /// @param configuration of the node; with backups
    /// @param version of Howdah
    /// @param command what runs the worker of this node
    public BackupBeside(NodeConfiguration configuration, String version, List<String> command) {
        this.keeper =
                new BesideKeeper(
                        new BesideLaunch(
                                BesideFiles.backupWorker(configuration.directory()),
                                command,
                                BackupWorker.fingerprint(configuration, version),
                                Duration.ZERO,
                                null));
    }

    /// Takes it over or starts it; returns at once.
    public void start() {
        keeper.start();
    }

    /// The agent goes, and PostgreSQL and the worker run on.
    public void leave() {
        left = true;
    }

    /// Ends the worker, unless it was left.
    @Override
    public void close() {
        if (left) {
            keeper.leave();
        } else {
            keeper.close();
        }
    }
}
