package io.howdah.cli.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// One event as a line for people: time, level, who, what; the causes of an error behind it.
final class TextLine extends LayoutBase<ILoggingEvent> {

    private static final int CAUSES_MAXIMUM = 10;

    private final boolean stackTraces;
    private final DateTimeFormatter time =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT)
                    .withZone(ZoneId.systemDefault());

    /// @param stackTraces whether to write whole stack traces
    TextLine(boolean stackTraces) {
        this.stackTraces = stackTraces;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        var line = new StringBuilder(160);
        time.formatTo(event.getInstant(), line);
        line.append(' ').append(String.format(Locale.ROOT, "%-5s", event.getLevel())).append(' ');
        line.append(shortName(event.getLoggerName()))
                .append(": ")
                .append(oneLine(event.getFormattedMessage()));
        IThrowableProxy problem = event.getThrowableProxy();
        if (problem != null && stackTraces) {
            line.append('\n').append(ThrowableProxyUtil.asString(problem));
        } else if (problem != null) {
            line.append(causes(problem));
        }
        return line.append('\n').toString();
    }

    static String causes(IThrowableProxy problem) {
        var text = new StringBuilder();
        IThrowableProxy cause = problem;
        for (int i = 0; cause != null && i < CAUSES_MAXIMUM; i++) {
            text.append(i == 0 ? ": " : ", because of ").append(shortName(cause.getClassName()));
            if (cause.getMessage() != null) {
                text.append(": ").append(oneLine(cause.getMessage()));
            }
            cause = cause.getCause();
        }
        return text.toString();
    }

    /// A fact and its hint stand on two lines elsewhere; a log is searched line by line.
    private static String oneLine(String message) {
        return message.replace("\n", " ");
    }

    private static String shortName(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }
}
