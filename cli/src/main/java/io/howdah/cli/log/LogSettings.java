package io.howdah.cli.log;

import java.util.logging.Logger;

/// What to log and how; to be applied before the first logger is asked for.
///
/// @param format of the lines
/// @param debug whether to log more, and stack traces
public record LogSettings(LogFormat format, boolean debug) {

    private static final String FORMAT = "howdah.log.format";
    private static final String DEBUG = "howdah.log.debug";

    /// Keeps java.util.logging's root logger from being collected with its level.
    private static final Logger JAVA_LOGGING = Logger.getLogger("");

    /// Leaves the settings where [LogConfigurator] finds them.
    public void apply() {
        System.setProperty(FORMAT, format.name());
        System.setProperty(DEBUG, Boolean.toString(debug));
        // gRPC writes there; what matters of it comes back to us as an exception.
        JAVA_LOGGING.setLevel(java.util.logging.Level.SEVERE);
    }

    static LogSettings applied() {
        return new LogSettings(
                LogFormat.valueOf(System.getProperty(FORMAT, LogFormat.TEXT.name())),
                Boolean.getBoolean(DEBUG));
    }
}
