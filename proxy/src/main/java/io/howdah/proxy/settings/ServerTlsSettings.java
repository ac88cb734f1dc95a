package io.howdah.proxy.settings;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// How the proxy encrypts towards a server. Immutable.
///
/// @param mode how much is demanded
/// @param authority the certificates that are believed, as PEM; there exactly where the mode
///   verifies
/// @param certificate the proxy's own as a client, as PEM; null for none
/// @param key its private key as PEM (PKCS#8), mode 0600; there exactly where a certificate is
public record ServerTlsSettings(
        ServerTlsMode mode,
        @Nullable Path authority,
        @Nullable Path certificate,
        @Nullable Path key) {

    /// What holds where nothing is said.
    public static final ServerTlsSettings DEFAULT =
            new ServerTlsSettings(ServerTlsMode.PREFER, null, null, null);

    /// @throws SettingException when one file is missing, or would be read for nothing
    public ServerTlsSettings {
        if (mode.verifies() && authority == null) {
            throw new SettingException(
                    "authority", "is missing; without it no certificate can be verified");
        }
        if (!mode.verifies() && authority != null) {
            throw new SettingException(
                    "authority", "would not be used; use 'mode: verify-full' (or verify-ca)");
        }
        if ((certificate == null) != (key == null)) {
            throw new SettingException("certificate", "and key go together, and one is missing");
        }
    }
}
