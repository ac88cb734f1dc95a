package io.howdah.node.configuration;

import io.howdah.proxy.settings.ServerTlsMode;
import io.howdah.proxy.settings.ServerTlsSettings;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The keys of `proxy.yaml` that say how the way to a server is encrypted.
final class ServerTlsSection {

    private ServerTlsSection() {}

    static ServerTlsSettings read(Section section) {
        section.allow(List.of("mode", "authority", "certificate", "key"));
        ServerTlsMode mode = section.parsed("mode", ServerTlsSection::mode);
        return ProxyConfigurationFile.build(
                section,
                () ->
                        new ServerTlsSettings(
                                mode,
                                file(section, "authority"),
                                file(section, "certificate"),
                                file(section, "key")));
    }

    private static @Nullable Path file(Section section, String key) {
        return section.has(key) ? section.path(key) : null;
    }

    private static ServerTlsMode mode(String text) {
        return switch (text) {
            case "disable" -> ServerTlsMode.DISABLE;
            case "prefer" -> ServerTlsMode.PREFER;
            case "require" -> ServerTlsMode.REQUIRE;
            case "verify-ca" -> ServerTlsMode.VERIFY_CA;
            case "verify-full" -> ServerTlsMode.VERIFY_FULL;
            default ->
                    throw new IllegalArgumentException(
                            "'"
                                    + text
                                    + "', not disable, prefer, require, verify-ca or verify-full");
        };
    }
}
