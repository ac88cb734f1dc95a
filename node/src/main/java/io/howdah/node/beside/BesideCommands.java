package io.howdah.node.beside;

import java.util.List;

/// What runs the processes beside a node; empty where they are not to run. Immutable.
///
/// @param proxy the node's proxy
/// @param backupWorker the worker that archives its WAL
public record BesideCommands(List<String> proxy, List<String> backupWorker) {

    /// Nothing runs beside the node.
    public static final BesideCommands NONE = new BesideCommands(List.of(), List.of());

    /// Copies the lists.
    public BesideCommands {
        proxy = List.copyOf(proxy);
        backupWorker = List.copyOf(backupWorker);
    }
}
