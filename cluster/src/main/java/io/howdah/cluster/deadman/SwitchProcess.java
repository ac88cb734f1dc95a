package io.howdah.cluster.deadman;

import io.howdah.cluster.lease.LinuxBootClock;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.ServerProcesses;
import io.howdah.postgres.process.PipeReader;
import io.howdah.postgres.process.ProcessFile;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.Signal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// The dead man's switch as a process of its own. Needs little: no logging library, no
/// configuration.
final class SwitchProcess {

    private SwitchProcess() {}

    /// Runs until there is nobody to serve and nothing to do, or at once where another switch runs.
    ///
    /// @param arguments the node's directory, the data directory, and the name, the number and the
    ///   group's number of the user that runs PostgreSQL
    public static void main(String[] arguments) throws IOException {
        SwitchFiles files = new SwitchFiles(Path.of(arguments[0]));
        long gid = Long.parseLong(arguments[4]);
        OperatingSystemUser owner =
                new OperatingSystemUser(
                        arguments[2], Long.parseLong(arguments[3]), gid, Set.of(gid), false);
        ServerProcesses postgres =
                new ServerProcesses(new DataDirectory(Path.of(arguments[1]), owner));
        try (ProcessGrip self = ProcessGrip.on(ProcessHandle.current().pid()).orElseThrow()) {
            Optional<ProcessFile.Claim> claim = files.process().claim(self, "");
            if (claim.isEmpty()) {
                return;
            }
            try (ProcessFile.Claim _ = claim.get()) {
                serve(files, postgres, self);
            }
        }
    }

    private static void serve(SwitchFiles files, ServerProcesses postgres, ProcessGrip self)
            throws IOException {
        rehearse(postgres, self);
        try (PipeReader beats = PipeReader.open(files.pipe(), Beat.BYTES)) {
            new SwitchLoop(
                            heardFrom(beats),
                            new LinuxBootClock(),
                            postgres::killAllWhile,
                            postgres.data().toString(),
                            SwitchProcess::say)
                    .run();
        }
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

    /// On a thread of its own: the killing must not wait for a disk.
    private static void say(String what) {
        Instant now = Instant.now();
        Thread.ofPlatform().name("log").start(() -> System.out.println(now + " " + what));
    }
}
