package io.howdah.cluster.deadman;

import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.ServerProcesses;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Starts a switch: a Java of its own, as small as can be. Immutable.
///
/// @param files where it meets the agent
/// @param data whose processes it kills
/// @param watchdog what it feeds; null: nothing
public record SwitchLaunch(
        SwitchFiles files, DataDirectory data, @Nullable WatchdogOrder watchdog) {

    /// Interpreted, with a heap of a few megabytes: it reads 16 bytes twice a second.
    private static final List<String> OPTIONS =
            List.of(
                    "-Xint",
                    "-Xms2m",
                    "-Xmx16m",
                    "-Xss256k",
                    "-XX:+UseSerialGC",
                    "-XX:-UsePerfData",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-Xlog:disable",
                    "-Xlog:all=error:stderr",
                    "--enable-native-access=ALL-UNNAMED");

    private static final long MOST_LOG_BYTES = 1 << 20;

    /// In a session of its own, so that what ends the agent does not end it.
    Process start() throws IOException {
        files.prepare();
        File log = files.log().toFile();
        ProcessBuilder builder =
                new ProcessBuilder(command())
                        .directory(Path.of("/").toFile())
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(
                                Files.exists(files.log()) && log.length() > MOST_LOG_BYTES
                                        ? ProcessBuilder.Redirect.to(log)
                                        : ProcessBuilder.Redirect.appendTo(log));
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", OperatingSystemUser.PATH, "LC_ALL", "C"));
        return builder.start();
    }

    private List<String> command() {
        OperatingSystemUser owner = data.owner();
        List<String> command = new ArrayList<>();
        command.add("setsid");
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(
                List.of(
                        "-cp",
                        placeOf(SwitchProcess.class)
                                + File.pathSeparator
                                + placeOf(ServerProcesses.class),
                        SwitchProcess.class.getName(),
                        files.directory().toString(),
                        data.path().toString(),
                        owner.name(),
                        Long.toString(owner.uid()),
                        Long.toString(owner.gid())));
        if (watchdog != null) {
            command.add(watchdog.device().toString());
            command.add(Integer.toString(watchdog.timeoutSeconds()));
        }
        return command;
    }

    private static String placeOf(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("no place for " + type, e);
        }
    }
}
