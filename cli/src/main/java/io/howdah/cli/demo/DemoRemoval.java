package io.howdah.cli.demo;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Stops a demo that may be running, and removes one: only what a demo made, nothing that was put
/// beside it.
public final class DemoRemoval {

    private final DemoDirectory directory;
    private final NodesPlace place;

    /// @param directory of the demo
    public DemoRemoval(DemoDirectory directory) {
        this(directory, NodesPlace.ofThisMachine());
    }

    DemoRemoval(DemoDirectory directory, NodesPlace place) {
        this.directory = directory;
        this.place = place;
    }

    /// Removes a demo that was stopped.
    ///
    /// @return files in its directory that are not a demo's and were left alone
    /// @throws CommandFailure when there is no demo, or something cannot be removed
    public List<Path> remove() {
        DemoSettings settings = directory.requireSettings();
        Path nodes = settings.nodesDirectory();
        if (!nodes.equals(directory.path())
                && !nodes.equals(place.forUnreachable(directory.path()))) {
            throw CommandFailure.failed(
                    "demo.json names " + nodes + " for the nodes, which this demo cannot have made",
                    "was the demo moved? Remove "
                            + nodes
                            + " and "
                            + directory.path()
                            + " by hand");
        }
        try {
            var files = new DurableFiles(OperatingSystemUser.ourselves());
            for (int i = 1; i <= settings.nodes(); i++) {
                files.deleteTree(settings.nodeDirectory(i));
            }
            if (settings.hosts().isPresent()) {
                settings.hosts().get().deleteDisks();
            }
            for (String name : List.of("admin", "authority", "clients")) {
                files.deleteTree(nodes.resolve(name));
            }
            if (!nodes.equals(directory.path())) {
                removeIfEmpty(nodes);
            }
            files.deleteTree(directory.repository());
            for (String name :
                    List.of("demo.log", "demo.lock", "chaos.lock", "demo.json.new", "demo.json")) {
                Files.deleteIfExists(directory.path().resolve(name));
            }
            return removeIfEmpty(directory.path());
        } catch (IOException | UncheckedIOException e) {
            throw CommandFailure.failed(
                    "cannot remove the demo: " + e, "run as the user that started the demo", e);
        }
    }

    /// Removes the directory, unless something is in it: then says what.
    private static List<Path> removeIfEmpty(Path directory) throws IOException {
        var left = new ArrayList<Path>();
        try (Stream<Path> entries = Files.list(directory)) {
            entries.sorted().forEach(left::add);
        }
        if (left.isEmpty()) {
            Files.delete(directory);
        }
        return left;
    }
}
