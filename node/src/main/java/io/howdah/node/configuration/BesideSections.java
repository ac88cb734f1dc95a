package io.howdah.node.configuration;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.settings.Peer;
import io.howdah.proxy.settings.Peers;
import io.howdah.proxy.settings.TakeoverSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The keys of `proxy.yaml` that are about other proxies: those beside this one, and the one that
/// takes its place.
final class BesideSections {

    private static final int PROXY_PORT = 6432;

    private BesideSections() {}

    static Peers peers(Section root) {
        int own = root.number("peer-id", 0);
        Map<Integer, Peer> others = new LinkedHashMap<>();
        root.optionalSection("peers")
                .ifPresent(section ->
                        section.keys()
                                .forEach(key ->
                                        others.put(
                                                number(section, key), peer(section.section(key)))));
        return ProxyConfigurationFile.build(root, () -> new Peers(own, others));
    }

    private static int number(Section section, String key) {
        try {
            return Integer.parseInt(key);
        } catch (NumberFormatException e) {
            return section.build(() -> {
                throw new InvalidValueException(key, "is not a number of a proxy, 1 to 32767");
            });
        }
    }

    private static Peer peer(Section section) {
        section.allow(List.of("host", "port", "tls"));
        var address =
                new ServerAddress.Tcp(
                        section.text("host"), ProxyConfigurationFile.port(section, PROXY_PORT));
        return new Peer(address, ProxyConfigurationFile.tls(section));
    }

    static @Nullable TakeoverSettings takeover(Section root) {
        return root.optionalSection("takeover").map(BesideSections::takeoverAt).orElse(null);
    }

    private static TakeoverSettings takeoverAt(Section section) {
        section.allow(List.of("socket", "drain"));
        var drain =
                ProxyConfigurationFile.duration(section, "drain", TakeoverSettings.DEFAULT_DRAIN);
        return ProxyConfigurationFile.build(
                section, () -> new TakeoverSettings(section.path("socket"), drain, false));
    }
}
