package io.howdah.cli.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;

/// Sets Logback up; Logback finds it as a service.
public final class LogConfigurator extends ContextAwareBase implements Configurator {

    /// Libraries that say too much: what an operator can act on, our own code says.
    private static final List<String> WARN_ONLY =
            List.of("org.eclipse.jetty", "io.netty", "io.grpc");

    private static final List<String> ERROR_ONLY = List.of("org.apache.ratis");

    /// For Logback.
    public LogConfigurator() {}

    @Override
    public ExecutionStatus configure(LoggerContext loggers) {
        LogSettings settings = LogSettings.applied();
        LayoutBase<ILoggingEvent> layout =
                switch (settings.format()) {
                    case TEXT -> new TextLine(settings.debug());
                    case JSON -> new JsonLine(settings.debug());
                };
        layout.setContext(loggers);
        layout.start();
        var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
        encoder.setContext(loggers);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(layout);
        encoder.start();
        Path file = settings.file();
        Appender<ILoggingEvent> appender =
                file == null
                        ? console(loggers, encoder)
                        : LogFile.appender(loggers, encoder, file, settings.fileBytes());
        ch.qos.logback.classic.Logger root = loggers.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(appender);
        loggers.getLogger("io.howdah").setLevel(settings.debug() ? Level.DEBUG : Level.INFO);
        WARN_ONLY.forEach(name -> loggers.getLogger(name).setLevel(Level.WARN));
        ERROR_ONLY.forEach(name ->
                loggers.getLogger(name).setLevel(settings.debug() ? Level.INFO : Level.ERROR));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static Appender<ILoggingEvent> console(
            LoggerContext loggers, LayoutWrappingEncoder<ILoggingEvent> encoder) {
        var console = new ConsoleAppender<ILoggingEvent>();
        console.setContext(loggers);
        console.setName("console");
        console.setEncoder(encoder);
        console.start();
        return console;
    }
}
