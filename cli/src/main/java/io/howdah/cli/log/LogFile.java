package io.howdah.cli.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;

/// A log file that begins anew each day and when it has grown; older parts lie beside it with their
/// day and a number in the name, for two weeks at most, and all together within a bound.
final class LogFile {

    private static final int DAYS = 14;

    /// The file that is written, and older parts of that size.
    private static final int PARTS = 8;

    private LogFile() {}

    /// @param bytes what the file and its older parts may take together
    static Appender<ILoggingEvent> appender(
            LoggerContext loggers, Encoder<ILoggingEvent> encoder, Path file, long bytes) {
        var appender = new RollingFileAppender<ILoggingEvent>();
        appender.setContext(loggers);
        appender.setName("file");
        appender.setFile(file.toString());
        appender.setEncoder(encoder);
        var rolling = new SizeAndTimeBasedRollingPolicy<ILoggingEvent>();
        rolling.setContext(loggers);
        rolling.setParent(appender);
        rolling.setFileNamePattern(file + ".%d{yyyy-MM-dd}.%i");
        rolling.setMaxFileSize(new FileSize(bytes / PARTS));
        rolling.setTotalSizeCap(new FileSize(bytes / PARTS * (PARTS - 1)));
        rolling.setMaxHistory(DAYS);
        // what an earlier run left over the bound goes at the start
        rolling.setCleanHistoryOnStart(true);
        rolling.start();
        // it is the policy of when as well as of how
        appender.setRollingPolicy(rolling);
        appender.start();
        return appender;
    }
}
