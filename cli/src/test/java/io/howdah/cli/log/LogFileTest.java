package io.howdah.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import io.howdah.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogFileTest {

    private static final long BYTES = 80_000;

    @TempDir private Path directory = Path.of("");

    @Test
    void logStaysWithinItsBoundHoweverMuchIsWritten() {
        Path file = directory.resolve("howdah.log");
        var loggers = new LoggerContext();
        loggers.setMDCAdapter(new LogbackMDCAdapter());
        var layout = new TextLine(false);
        layout.setContext(loggers);
        layout.start();
        var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
        encoder.setContext(loggers);
        encoder.setLayout(layout);
        encoder.start();
        Appender<ILoggingEvent> appender = LogFile.appender(loggers, encoder, file, BYTES);
        var logger = loggers.getLogger("test");
        logger.addAppender(appender);
        // the size is looked at once in a while, not at each line: so write until it was
        Await.until(
                "older parts come and go",
                () -> {
                    for (int i = 0; i < 500; i++) {
                        logger.info("a line that says nothing, number {}", i);
                    }
                    return !Files.exists(directory.resolve(first())) && parts() > 2;
                });
        loggers.stop();
        assertThat(Files.exists(file)).isTrue();
        assertThat(older()).isLessThanOrEqualTo(BYTES);
    }

    private static String first() {
        return "howdah.log." + java.time.LocalDate.now(java.time.ZoneId.systemDefault()) + ".0";
    }

    private long parts() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What the older parts take.
    private long older() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> !file.endsWith("howdah.log"))
                    .mapToLong(file -> {
                        try {
                            return Files.size(file);
                        } catch (IOException e) {
                            return 0;
                        }
                    })
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
