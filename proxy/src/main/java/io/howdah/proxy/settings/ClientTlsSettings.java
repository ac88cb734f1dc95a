package io.howdah.proxy.settings;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// How the proxy encrypts towards clients. Immutable.
///
/// @param required whether whoever does not encrypt is refused
/// @param certificate the proxy's own as PEM, followed by those between it and its authority
/// @param key the private key as PEM (PKCS#8), mode 0600
/// @param clientAuthority the certificates that clients' certificates are checked with; null:
///   clients are not asked for one
public record ClientTlsSettings(
        boolean required, Path certificate, Path key, @Nullable Path clientAuthority) {}
