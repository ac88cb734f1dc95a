package io.howdah.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.junit.jupiter.api.Test;

class LogLinesTest {

    private static LoggingEvent event() {
        Logger logger = new LoggerContext().getLogger("io.howdah.cluster.Agent");
        var problem =
                new IllegalStateException("no lease", new IllegalArgumentException("epoch 3"));
        return new LoggingEvent(
                "test", logger, Level.WARN, "fenced \"{}\"", problem, new Object[] {"n1"});
    }

    @Test
    void textIsOneLineWithTheCauses() {
        assertThat(new TextLine(false).doLayout(event()))
                .endsWith(
                        " WARN  Agent: fenced \"n1\": IllegalStateException: no lease, because of"
                                + " IllegalArgumentException: epoch 3\n")
                .containsOnlyOnce("\n");
    }

    @Test
    void stackTraceIsThereForThoseWhoDebug() {
        assertThat(new TextLine(true).doLayout(event())).contains("\tat ");
    }

    @Test
    void jsonIsOneObjectOnOneLine() {
        assertThat(new JsonLine(false).doLayout(event()))
                .startsWith("{\"time\":\"")
                .contains(
                        "\"level\":\"warn\"",
                        "\"message\":\"fenced \\\"n1\\\"\"",
                        "\"error\":\"IllegalStateException: no lease")
                .doesNotContain("stackTrace")
                .endsWith("}\n");
    }
}
