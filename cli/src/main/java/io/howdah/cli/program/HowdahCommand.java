package io.howdah.cli.program;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What runs `howdah`; its arguments follow it.
public final class HowdahCommand {

    private static final List<String> OPTIONS_WITHOUT_INSTALLATION =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx192m",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow");

    private HowdahCommand() {}

    /// From the installation and the classpath that this process has.
    ///
    /// @param kind which options: `node`, `proxy`, or `command`
    public static List<String> likeThisProcess(String kind) {
        String home = System.getProperty("howdah.home");
        return of(home == null ? null : Path.of(home), System.getProperty("java.class.path"), kind);
    }

    /// From an installation.
    ///
    /// @param home the installation with the options and the start-up caches; null: none, but
    ///   classes as a build leaves them
    /// @param kind which options: `node`, `proxy`, or `command`
    public static List<String> of(@Nullable Path home, String classpath, String kind) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (home == null) {
            command.addAll(OPTIONS_WITHOUT_INSTALLATION);
        } else {
            command.add("@" + home.resolve(kind + ".options"));
            Path cache = home.resolve(kind + ".aot");
            if (Files.exists(cache)) {
                command.add("-XX:AOTCache=" + cache);
            }
            command.add("-Dhowdah.home=" + home);
        }
        command.addAll(List.of("-cp", classpath, "io.howdah.cli.Howdah"));
        return command;
    }
}
