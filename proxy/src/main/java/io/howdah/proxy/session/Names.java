package io.howdah.proxy.session;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Looks servers' names up, each time anew and never on the event loop: a name server that does not
/// answer holds up one attempt to connect, and nobody else.
final class Names extends AddressResolverGroup<InetSocketAddress> {

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor loop) {
        return new Lookup(loop).asAddressResolver();
    }

    private static final class Lookup extends InetNameResolver {

        Lookup(EventExecutor loop) {
            super(loop);
        }

        @Override
        protected void doResolve(String host, Promise<InetAddress> promise) {
            try {
                promise.trySuccess(InetAddress.ofLiteral(host));
            } catch (IllegalArgumentException e) {
                lookUp(host, promise);
            }
        }

        private static void lookUp(String host, Promise<InetAddress> promise) {
            Thread.ofPlatform()
                    .daemon()
                    .name("proxy-name")
                    .start(() -> {
                        try {
                            promise.trySuccess(InetAddress.getByName(host));
                        } catch (UnknownHostException e) {
                            promise.tryFailure(e);
                        }
                    });
        }

        @Override
        protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
            throw new UnsupportedOperationException("one address is enough");
        }
    }
}
