package io.howdah.cli.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import io.howdah.node.api.ApiJson;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// One event as a JSON object on one line: `time` (ISO 8601, UTC), `level`, `logger`, `thread`,
/// `message`, and `error` with `stackTrace` where there is one.
final class JsonLine extends LayoutBase<ILoggingEvent> {

    private final boolean stackTraces;

    /// @param stackTraces whether to write whole stack traces
    JsonLine(boolean stackTraces) {
        this.stackTraces = stackTraces;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        Map<String, String> line = new LinkedHashMap<>();
        line.put("time", event.getInstant().toString());
        line.put("level", event.getLevel().toString().toLowerCase(Locale.ROOT));
        line.put("logger", event.getLoggerName());
        line.put("thread", event.getThreadName());
        line.put("message", event.getFormattedMessage());
        IThrowableProxy problem = event.getThrowableProxy();
        if (problem != null) {
            line.put("error", TextLine.causes(problem).substring(2));
            if (stackTraces) {
                line.put("stackTrace", ThrowableProxyUtil.asString(problem));
            }
        }
        return ApiJson.write(line) + "\n";
    }
}
