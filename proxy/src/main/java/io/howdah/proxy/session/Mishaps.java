package io.howdah.proxy.session;

import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The end of a connection on which an exception came up. That it broke is nothing to speak of;
/// anything else is a fault of the proxy's own, which costs this one connection and is told to the
/// log, never swallowed.
@SuppressWarnings("FutureReturnValueIgnored") // nothing is left to do when it has closed
final class Mishaps {

    private static final Logger log = LoggerFactory.getLogger(Mishaps.class);

    private Mishaps() {}

    static void end(ChannelHandlerContext context, Throwable cause) {
        if (isFault(cause)) {
            tell(cause);
        }
        context.close();
    }

    /// The same where the other side can be told of a fault.
    ///
    /// @param farewell says so, and closes; where that fails, too, it is closed without
    static void end(ChannelHandlerContext context, Throwable cause, Runnable farewell) {
        if (!isFault(cause)) {
            context.close();
            return;
        }
        boolean closing = false;
        try {
            tell(cause);
            farewell.run();
            closing = true;
        } finally {
            if (!closing) {
                context.close();
            }
        }
    }

    /// What TLS cannot read comes wrapped.
    private static boolean isFault(Throwable cause) {
        return !(cause instanceof IOException) && !(cause.getCause() instanceof IOException);
    }

    private static void tell(Throwable cause) {
        log.error("a connection is closed for a fault of the proxy's own", cause);
    }
}
