package io.howdah.cli;

import io.howdah.cli.log.LogFormat;
import io.howdah.cli.log.LogSettings;
import io.howdah.node.configuration.ConfigurationException;
import io.howdah.node.configuration.ProxyConfigurationFile;
import io.howdah.proxy.Proxy;
import io.howdah.proxy.ProxyException;
import java.nio.file.Path;
import java.security.Security;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `howdah proxy`.
@Command(
        name = "proxy",
        description = {
            "Run a connection pool in front of PostgreSQL.",
            "SIGHUP makes it read its configuration again, SIGTERM lets transactions end, and then the"
                    + " proxy."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  howdah proxy --config /etc/howdah/proxy.yaml"})
final class ProxyCommand implements Callable<Integer> {

    private static final Logger log = LoggerFactory.getLogger(ProxyCommand.class);

    @ParentCommand private Howdah howdah = new Howdah();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
            description = "What the proxy is told; docs/proxy.yaml.example explains every key.")
    private Path config = Path.of("proxy.yaml");

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "What the log looks like; default: text.")
    private LogFormat logFormat = LogFormat.TEXT;

    ProxyCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        new LogSettings(logFormat, howdah.debug()).apply();
        keepNoAddresses();
        Proxy proxy = Proxy.start(ProxyConfigurationFile.read(config.toAbsolutePath()));
        Signals.onArrival("HUP", () -> reload(proxy));
        log.info(
                "howdah {} listens on {} (pid {})",
                Version.number(),
                proxy.address(),
                ProcessHandle.current().pid());
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    log.info("told to stop");
                                    proxy.close();
                                    log.info("stopped");
                                },
                                "stop the proxy"));
        proxy.awaitSuccessor();
        return 0;
    }

    /// What cannot be read leaves everything as it was.
    private synchronized void reload(Proxy proxy) {
        try {
            List<String> kept = proxy.reload(ProxyConfigurationFile.read(config.toAbsolutePath()));
            log.info("{} was read again", config);
            kept.forEach(key -> log.warn("'{}' is different there; that needs a restart", key));
        } catch (ConfigurationException | ProxyException e) {
            log.error("the settings that hold go on holding: {}", e.getMessage());
        }
    }

    /// Java remembers the addresses of names, and that there were none, unless it is told before
    /// the first lookup.
    private static void keepNoAddresses() {
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
    }
}
