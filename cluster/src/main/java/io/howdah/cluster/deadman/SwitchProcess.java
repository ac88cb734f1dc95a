package io.howdah.cluster.deadman;

import io.howdah.cluster.lease.LinuxBootClock;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DirectoryHold;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.ServerProcesses;
import io.howdah.postgres.process.PipeReader;
import io.howdah.postgres.process.ProcessFile;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.Signal;
import io.howdah.postgres.process.WatchdogDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/// The dead man's switch as a process of its own. Needs little: no logging library, no
/// configuration.
final class SwitchProcess {

    private SwitchProcess() {}

    /// Runs until there is nobody to serve and nothing to do, or at once where another switch runs.
    ///
    /// @param arguments the node's directory, the data directory, and the name, the number and the
    ///   group's number of the user that runs PostgreSQL; where there is a watchdog, its device and
    ///   for how many seconds it is to wait
    public static void main(String[] arguments) throws IOException {
        SwitchFiles files = new SwitchFiles(Path.of(arguments[0]));
        long gid = Long.parseLong(arguments[4]);
        OperatingSystemUser owner =
                new OperatingSystemUser(
                        arguments[2], Long.parseLong(arguments[3]), gid, Set.of(gid), false);
        ServerProcesses postgres =
                new ServerProcesses(
                        new DataDirectory(Path.of(arguments[1]), owner), new DirectoryHold());
        try (ProcessGrip self = ProcessGrip.on(ProcessHandle.current().pid()).orElseThrow()) {
            Optional<ProcessFile.Claim> claim = files.process().claim(self, "");
            if (claim.isEmpty()) {
                return;
            }
            try (ProcessFile.Claim _ = claim.get()) {
                rehearse(postgres, self);
                serve(files, postgres, guard(arguments, files));
            }
        }
    }

    private static void serve(SwitchFiles files, ServerProcesses postgres, HostGuard guard) {
        try (PipeReader beats = PipeReader.open(files.pipe(), Beat.BYTES)) {
            new SwitchLoop(
                            heardFrom(beats),
                            new LinuxBootClock(),
                            killing(postgres),
                            guard,
                            postgres.data().toString(),
                            SwitchProcess::say)
                    .run();
        }
    }

    private static SwitchLoop.Postgres killing(ServerProcesses postgres) {
        return new SwitchLoop.Postgres() {
            @Override
            public void guard(boolean guarded) {
                if (guarded) {
                    postgres.held().take(postgres.data().path());
                } else {
                    postgres.held().release();
                }
            }

            @Override
            public boolean killAllWhile(BooleanSupplier wanted, Duration deadline) {
                return postgres.killAllWhile(wanted, deadline);
            }
        };
    }

    private static SwitchLoop.Beats heardFrom(PipeReader pipe) {
        return new SwitchLoop.Beats() {
            @Override
            public Optional<byte[]> next() {
                return pipe.next();
            }

            @Override
            public PipeReader.Woken await(long untilNanos) {
                return pipe.await(untilNanos);
            }
        };
    }

    /// Does once all that the killing needs, and harms nobody: what is loaded by then needs no disk
    /// later, which may be what hangs.
    private static void rehearse(ServerProcesses postgres, ProcessGrip self) {
        boolean _ = postgres.killAllWhile(() -> false, Duration.ZERO);
        self.signal(Signal.CONTINUE);
    }

    /// The agent reads what comes of it once the pipe is open.
    private static HostGuard guard(String[] arguments, SwitchFiles files) throws IOException {
        if (arguments.length == 5) {
            Files.writeString(files.watchdog(), SwitchFiles.NO_WATCHDOG);
            return HostGuard.NONE;
        }
        Path device = Path.of(arguments[5]);
        int seconds = Integer.parseInt(arguments[6]);
        var watchdog =
                new Watchdog(
                        new Feeding(Duration.ofSeconds(seconds).toNanos()),
                        () -> running(WatchdogDevice.open(device, seconds)),
                        SwitchProcess::say);
        // one that is being replaced has shown that it can be used, and lets go of it in a moment
        String complaint =
                files.former().guardsBy(device)
                        ? ""
                        : watchdog.rehearse(new LinuxBootClock().nanos());
        Files.writeString(files.watchdog(), SwitchFiles.watchdog(device, seconds) + complaint);
        return watchdog;
    }

    private static Watchdog.Device running(WatchdogDevice device) {
        return new Watchdog.Device() {
            @Override
            public boolean feed() {
                return device.feed();
            }

            @Override
            public boolean stop() {
                return device.stop();
            }
        };
    }

    /// On a thread of its own: the killing must not wait for a disk.
    private static void say(String what) {
        Instant now = Instant.now();
        try {
            Thread.ofPlatform().name("log").start(() -> System.out.println(now + " " + what));
        } catch (OutOfMemoryError e) {
            // no more threads: what is to be done matters more than what is said of it
            return;
        }
    }
}
