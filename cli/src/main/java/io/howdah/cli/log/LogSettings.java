package io.howdah.cli.log;

import java.nio.file.Path;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// What to log and how; to be applied before the first logger is asked for.
///
/// @param format of the lines
/// @param debug whether to log more, and stack traces
/// @param file where to write; null for standard output
/// @param fileBytes what the file and its older parts may take together
public record LogSettings(LogFormat format, boolean debug, @Nullable Path file, long fileBytes) {

    private static final String FILE = "howdah.log.file";
    private static final String FILE_BYTES = "howdah.log.file-bytes";

    private static final String FORMAT = "howdah.log.format";
    private static final String DEBUG = "howdah.log.debug";

    /// Keeps java.util.logging's root logger from being collected with its level.
    private static final Logger JAVA_LOGGING = Logger.getLogger("");

    /// To standard output.
    public LogSettings(LogFormat format, boolean debug) {
        this(format, debug, null, 0);
    }

    /// Leaves the settings where [LogConfigurator] finds them.
    public void apply() {
        System.setProperty(FORMAT, format.name());
        System.setProperty(DEBUG, Boolean.toString(debug));
        if (file != null) {
            System.setProperty(FILE, file.toString());
            System.setProperty(FILE_BYTES, Long.toString(fileBytes));
        }
        // gRPC writes there; what matters of it comes back to us as an exception.
        JAVA_LOGGING.setLevel(java.util.logging.Level.SEVERE);
    }

    static LogSettings applied() {
        String file = System.getProperty(FILE);
        return new LogSettings(
                LogFormat.valueOf(System.getProperty(FORMAT, LogFormat.TEXT.name())),
                Boolean.getBoolean(DEBUG),
                file == null ? null : Path.of(file),
                Long.getLong(FILE_BYTES, 0));
    }
}
