package io.howdah.cli;

import io.howdah.cli.log.LogFormat;
import io.howdah.cli.log.LogSettings;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.configuration.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.TypeConversionException;

/// `howdah node`.
@Command(
        name = "node",
        description = {
            "Run one node of a cluster: the agent beside one PostgreSQL.",
            "SIGTERM stops PostgreSQL in order and then the node; SIGUSR1 ends the node alone, for a restart: PostgreSQL goes on."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah node --config /etc/howdah/howdah.yaml --log-format json",
            "  howdah node --config /etc/howdah/howdah.yaml --log-file /var/log/howdah/howdah.log"
        })
final class NodeCommand implements Callable<Integer> {

    @ParentCommand private Howdah howdah = new Howdah();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
            description = "The node's howdah.yaml.")
    private Path config = Path.of("howdah.yaml");

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

    NodeCommand() {}

    /// A node whose log goes nowhere is not started.
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
                    "make its folder, for the user that runs this node, or name another --log-file",
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

    @Override
    public Integer call() throws Exception {
        requireWritable(logFile);
        new LogSettings(logFormat, howdah.debug(), logFile, logSize.bytes()).apply();
        new NodeProcess().run(config);
        return 0;
    }
}
