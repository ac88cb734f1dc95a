package io.howdah.proxy.scram;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.util.TlsServerEndpoint;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a client that has proven itself leaves behind: with it the proxy can log in as that role to
/// any server that holds the same verifier, and recognise such a server. As good as the password
/// there, so it stays in memory and never shows itself. Immutable: its arrays are not handed out.
public final class ClientKeys {

    private final byte[] clientKey;
    private final byte[] serverKey;

    ClientKeys(byte[] clientKey, byte[] serverKey) {
        this.clientKey = clientKey;
        this.serverKey = serverKey;
    }

    /// Begins a login to a server.
    ///
    /// @param mechanisms that the server offers
    /// @param binding what ties the login to an encrypted connection; empty for nothing
    /// @throws IllegalArgumentException when the server offers nothing that we know
    public ScramClient login(List<String> mechanisms, byte[] binding) {
        var client =
                ScramClient.builder()
                        .advertisedMechanisms(mechanisms)
                        // PostgreSQL takes the role from the start-up message.
                        .username("*")
                        .clientAndServerKey(clientKey.clone(), serverKey.clone());
        if (binding.length > 0) {
            client.channelBinding(TlsServerEndpoint.TLS_SERVER_END_POINT, binding);
        }
        return client.build();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClientKeys keys
                && MessageDigest.isEqual(clientKey, keys.clientKey)
                && MessageDigest.isEqual(serverKey, keys.serverKey);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(serverKey);
    }

    @Override
    public String toString() {
        return "(keys)";
    }
}
