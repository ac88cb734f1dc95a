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
        // What TLS cannot read comes wrapped.
        if (!(cause instanceof IOException) && !(cause.getCause() instanceof IOException)) {
            log.error("a connection is closed for a fault of the proxy's own", cause);
        }
        context.close();
    }
}
