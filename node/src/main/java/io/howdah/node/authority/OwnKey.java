package io.howdah.node.authority;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Shows the one credential there is, whatever the other end says it would accept: it then tells
/// why it refuses. Each handshake takes the credential that is current when it begins, key and
/// certificate together. Thread-safe.
final class OwnKey extends X509ExtendedKeyManager {

    private final Supplier<Credential> current;

    /// The credential shown last and the one before it. An alias names its certificate's serial
    /// number, so that a handshake that began before a change ends with what it began with.
    private volatile List<Credential> shown = List.of();

    OwnKey(Supplier<Credential> current) {
        this.current = current;
    }

    private synchronized String choose() {
        Credential credential = current.get();
        List<Credential> known = shown;
        if (known.isEmpty() || !known.getFirst().equals(credential)) {
            shown = known.isEmpty() ? List.of(credential) : List.of(credential, known.getFirst());
        }
        return alias(credential);
    }

    private static String alias(Credential credential) {
        return credential.certificate().getSerialNumber().toString(16);
    }

    private @Nullable Credential of(@Nullable String alias) {
        for (Credential credential : shown) {
            if (alias(credential).equalsIgnoreCase(alias)) {
                return credential;
            }
        }
        return null;
    }

    /// @param types such as `EC`, `RSA`, `EC_EC`, or those of signature schemes
    private @Nullable String choose(String... types) {
        String algorithm = current.get().key().getAlgorithm();
        for (String type : types) {
            if (type.toUpperCase(Locale.ROOT).startsWith(algorithm)) {
                return choose();
            }
        }
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(types);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return choose(types);
    }

    @Override
    public @Nullable String chooseServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(type);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return choose(type);
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
        String alias = choose(type);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
        return getClientAliases(type, issuers);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
        Credential credential = of(alias);
        return credential == null ? null : credential.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
        Credential credential = of(alias);
        return credential == null ? null : credential.key();
    }
}
