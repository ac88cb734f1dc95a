package io.howdah.cli;

import io.howdah.cli.log.LogFormat;
import io.howdah.cli.log.LogSettings;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.configuration.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// Where a process that stays writes its log.
final class LogOptions {

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "What the log looks like; default: text.")
    private LogFormat logFormat = LogFormat.TEXT;

    @Option(
            names = "--log-file",
            paramLabel = "FILE",
            description =
                    "Where the log goes; default: standard output. Begins anew each day and when it has grown; older parts are kept beside it for two weeks.")
    private @Nullable Path logFile;

    @Option(
            names = "--log-size",
            paramLabel = "SIZE",
            defaultValue = "64MB",
            converter = LogSize.class,
            description = "What the log file and its older parts may take together; default: 64MB.")
    private DataSize logSize = new DataSize(64 << 20);

    LogOptions() {}

    /// Before the first logger is asked for.
    void apply(boolean debug) {
        requireWritable(logFile);
        new LogSettings(logFormat, debug, logFile, logSize.bytes()).apply();
    }

    /// A process whose log goes nowhere is not started.
    private static void requireWritable(@Nullable Path log) {
        if (log == null) {
            return;
        }
        try {
            Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                    .close();
        } catch (IOException e) {
            throw CommandFailure.failed(
                    "cannot write the log " + log + ": " + e,
                    "make its folder, for the user that runs this, or name another --log-file",
                    e);
        }
    }

    /// A size of 1 MB or more.
    static final class LogSize implements ITypeConverter<DataSize> {
        LogSize() {}

        @Override
        public DataSize convert(String text) {
            try {
                DataSize size = DataSize.parse(text);
                if (size.bytes() >= 1 << 20) {
                    return size;
                }
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
            throw new TypeConversionException("'" + text + "' is less than 1MB");
        }
    }
}
