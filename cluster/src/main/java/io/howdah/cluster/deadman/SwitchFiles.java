package io.howdah.cluster.deadman;

import io.howdah.postgres.process.ProcessFile;
import io.howdah.postgres.process.ProcessGrip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where agent and switch meet: a directory of the agent's user that nobody else may look into.
///
/// @param directory the node's own
/// @param name of the directory in it
public record SwitchFiles(Path directory, String name) {

    private static final String CURRENT = "switch";
    private static final String FORMER = "switch-former";

    /// Makes the path absolute: the switch works elsewhere.
    public SwitchFiles {
        directory = directory.toAbsolutePath().normalize();
    }

    /// Those of the node's switch.
    ///
    /// @param directory the node's own
    public SwitchFiles(Path directory) {
        this(directory, CURRENT);
    }

    /// Those of the switch that is being replaced, while one is.
    SwitchFiles former() {
        return new SwitchFiles(directory, FORMER);
    }

    /// Makes the directory, if there is none yet.
    void prepare() throws IOException {
        Files.createDirectories(
                home(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private Path home() {
        return directory.resolve(name);
    }

    /// The named pipe for the beats.
    Path pipe() {
        return home().resolve("beats");
    }

    /// Makes the switch that runs the former one: it goes by what it has open, wherever that lies,
    /// and another can take its place. Its log stays, as far as that can be.
    void setAside() throws IOException {
        SwitchFiles former = former();
        former.remove();
        Files.move(home(), former.home(), StandardCopyOption.ATOMIC_MOVE);
        try {
            prepare();
            Files.move(former.log(), log());
        } catch (IOException e) {
            // the log goes with the former one
        }
    }

    /// Of a switch that has ended.
    void remove() throws IOException {
        for (Path file : List.of(pipe(), process().file(), watchdog(), log(), home())) {
            Files.deleteIfExists(file);
        }
    }

    /// Names the one switch of this node, which holds a lock on it as long as it lives.
    ProcessFile process() {
        return new ProcessFile(home().resolve("process"));
    }

    /// Which watchdog it feeds, as [#watchdog(Path, int)] has it, and why it cannot, if so.
    Path watchdog() {
        return home().resolve("watchdog");
    }

    /// In [#watchdog]: none.
    static final String NO_WATCHDOG = "none\n";

    /// In [#watchdog]: a device and for how long it waits. The complaint follows.
    static String watchdog(Path device, int seconds) {
        return device + " " + seconds + "\n";
    }

    /// What it says.
    Path log() {
        return home().resolve("log");
    }

    /// What the switch that was started last has said in [#watchdog]; those of an earlier version
    /// know of none.
    String saidOfWatchdog() {
        try {
            return Files.readString(watchdog());
        } catch (IOException e) {
            return NO_WATCHDOG;
        }
    }

    /// Whether the switch that runs now was ordered to feed a device, could, and has it open.
    boolean guardsBy(Path device) {
        String said = saidOfWatchdog();
        return said.startsWith(device + " ")
                && said.indexOf('\n') == said.length() - 1
                && hasOpen(device);
    }

    /// Whether the switch that runs now has open what it was ordered to feed.
    boolean holdsWatchdog() {
        String ordered = saidOfWatchdog().lines().findFirst().orElse("");
        int deviceEnds = ordered.lastIndexOf(' ');
        return deviceEnds > 0 && hasOpen(Path.of(ordered.substring(0, deviceEnds)));
    }

    /// Whether the switch that runs now has a device open.
    boolean hasOpen(Path device) {
        try (ProcessGrip grip = running().orElse(null)) {
            if (grip == null) {
                return false;
            }
            Path real = device.toRealPath();
            try (Stream<Path> open = Files.list(Path.of("/proc/" + grip.pid() + "/fd"))) {
                return open.anyMatch(link -> real.equals(targetOf(link)));
            }
        } catch (IOException e) {
            return false;
        }
    }

    private static @Nullable Path targetOf(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException e) {
            // closed meanwhile
            return null;
        }
    }

    /// The switch that runs now; empty when none does. To be closed.
    public Optional<ProcessGrip> running() {
        return process().running();
    }

    /// That one, and the one that it is about to replace, if any. To be closed, each.
    public List<ProcessGrip> all() {
        return Stream.of(this, former()).flatMap(files -> files.running().stream()).toList();
    }
}
