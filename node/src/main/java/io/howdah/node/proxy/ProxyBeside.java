package io.howdah.node.proxy;

import io.howdah.node.api.LeadershipReport;
import io.howdah.node.beside.BesideFiles;
import io.howdah.node.beside.BesideKeeper;
import io.howdah.node.beside.BesideLaunch;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.ProxyConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A node's end of the proxy beside it. `start` is called once, and then `close`, with `leave`
/// before it where the proxy is to run on.
public final class ProxyBeside implements AutoCloseable {

    private final BesideFiles files;
    private final ProxyStream stream;
    private final BesideKeeper keeper;
    private boolean left;

    /// @param configuration of the node; with a proxy
    /// @param version of Howdah
    /// @param command what runs the proxy of this node
    /// @param report what the node knows of who leads; answers at once
    public ProxyBeside(
            NodeConfiguration configuration,
            String version,
            List<String> command,
            Supplier<LeadershipReport> report) {
        ProxyConfiguration proxy = Objects.requireNonNull(configuration.proxy());
        this.files = BesideFiles.proxy(configuration.directory());
        try {
            files.prepare();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the proxy's directory", e);
        }
        this.stream = new ProxyStream(ProxyStream.socket(files), report, configuration.lease());
        this.keeper =
                new BesideKeeper(
                        new BesideLaunch(
                                files,
                                command,
                                NodeProxySettings.fingerprint(configuration, version),
                                proxy.drain(),
                                NodeProxySettings.handover(files)));
    }

    /// Begins to tell it what is known, and takes it over or starts it; returns at once.
    public void start() {
        try {
            stream.open();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot listen for the proxy on " + ProxyStream.socket(files), e);
        }
        keeper.start();
    }

    /// What the report says may have changed.
    public void changed() {
        stream.changed();
    }

    /// Where the proxy takes clients, as `host:port`; null while it does not.
    public @Nullable String listening() {
        return stream.listening();
    }

    /// The agent goes, and PostgreSQL and the proxy run on.
    ///
    /// @param mayLeadUntilNanos how long PostgreSQL may lead without an agent, on the boot clock
    public void leave(OptionalLong mayLeadUntilNanos) {
        left = true;
        mayLeadUntilNanos.ifPresent(stream::leave);
    }

    /// Ends the proxy in order, unless it was left.
    @Override
    public void close() {
        if (left) {
            keeper.leave();
        } else {
            keeper.close();
        }
        stream.close();
    }
}
