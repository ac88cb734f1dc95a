package io.howdah.proxy.session;

import io.howdah.postgres.wire.Secret;
import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.access.Caller;
import io.howdah.proxy.encryption.ClientTls;
import io.howdah.proxy.encryption.ServerTls;
import io.howdah.proxy.protocol.Messages;
import io.howdah.proxy.scram.MockSecretFile;
import io.howdah.proxy.scram.MockVerifiers;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.ClientTlsSettings;
import io.howdah.proxy.settings.DatabaseSettings;
import io.howdah.proxy.settings.LookupSettings;
import io.howdah.proxy.settings.MockSecret;
import io.howdah.proxy.settings.Peer;
import io.howdah.proxy.settings.ProxySettings;
import io.howdah.proxy.settings.ServerChoice;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.howdah.proxy.verifier.AuthFile;
import io.howdah.proxy.verifier.FirstOf;
import io.howdah.proxy.verifier.VerifierQuery;
import io.howdah.proxy.verifier.VerifierSource;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is needed to decide who comes in: the rules, the proxy's certificate, and where verifiers
/// are found for each server. The same for all event loops; what is asked of a server is asked by
/// one of them.
final class Reception implements AutoCloseable {

    /// The same for as long as the process lives, whatever it is told anew.
    private static final byte[] RANDOM_SECRET = SecureRandom.getSeed(32);

    private record Server(ServerChoice choice, ServerTlsSettings tls) {}

    private final Admission admission;
    private final Whereabouts whereabouts;
    private volatile AccessRules rules;
    private final @Nullable ClientTls tls;
    private final MockVerifiers mocks;
    private final Map<ServerTlsSettings, ServerTls> encryptions = new LinkedHashMap<>();
    private final Map<Server, Inquiries> inquiries = new LinkedHashMap<>();

    /// @param network of the loop that asks
    /// @param whereabouts that it knows
    /// @throws io.howdah.proxy.ProxyException when a file that it needs cannot be used
    Reception(ProxySettings settings, Network network, Whereabouts whereabouts) {
        this.whereabouts = whereabouts;
        this.admission = settings.admission();
        this.rules = admission.rules();
        ClientTlsSettings shown = admission.tls();
        this.tls = shown == null ? null : new ClientTls(shown);
        this.mocks = new MockVerifiers(bytes(admission.mockSecret()));
        AuthFile file = admission.authFile() == null ? null : new AuthFile(admission.authFile());
        for (Peer peer : settings.peers().others().values()) {
            encryptions.computeIfAbsent(peer.tls(), ServerTls::new);
        }
        if (settings.peers().further() != null) {
            encryptions.computeIfAbsent(settings.peers().further(), ServerTls::new);
        }
        for (DatabaseSettings database : settings.databases().values()) {
            ServerTls encryption = encryptions.computeIfAbsent(database.tls(), ServerTls::new);
            Server server = new Server(database.server(), database.tls());
            VerifierSource source = source(server, encryption, file, settings);
            if (source != null && !inquiries.containsKey(server)) {
                LookupSettings lookup = admission.lookup();
                inquiries.put(
                        server,
                        new Inquiries(
                                network,
                                source,
                                lookup == null ? LookupSettings.DEFAULT_CACHE : lookup.cache()));
            }
        }
    }

    private static byte[] bytes(MockSecret secret) {
        return switch (secret) {
            case MockSecret.OfProcess _ -> RANDOM_SECRET.clone();
            case MockSecret.InFile(Path file) -> MockSecretFile.read(file);
            case MockSecret.Given(Secret given) -> bytes(given.reveal());
        };
    }

    private static byte[] bytes(char[] revealed) {
        var encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(revealed));
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        Arrays.fill(revealed, '\0');
        return bytes;
    }

    private @Nullable VerifierSource source(
            Server server, ServerTls encryption, @Nullable AuthFile file, ProxySettings settings) {
        LookupSettings lookup = admission.lookup();
        if (lookup == null) {
            return file;
        }
        VerifierSource query =
                new VerifierQuery(
                        lookup,
                        () -> whereabouts.of(server.choice()),
                        encryption,
                        settings.timeouts().serverConnect(),
                        server.choice() instanceof ServerChoice.Primary);
        return file == null ? query : new FirstOf(file, query);
    }

    /// The proxy's certificate; null where nothing is encrypted.
    @Nullable ClientTls tls() {
        return tls;
    }

    /// How connections to a server, or to another proxy, are encrypted.
    ServerTls encryption(ServerTlsSettings tlsSettings) {
        ServerTls known = encryptions.get(tlsSettings);
        if (known == null) {
            throw new IllegalStateException("a way that was not configured");
        }
        return known;
    }

    Optional<AccessRules.Demand> demandOf(Caller caller) {
        return rules.demandOf(caller);
    }

    /// By these rules clients are let in from now on. May be called by any thread.
    void admit(AccessRules changed) {
        rules = changed;
    }

    MockVerifiers mocks() {
        return mocks;
    }

    /// Where verifiers are found for a database; for one that does not exist the first server is
    /// asked, so that only those who prove themselves learn that.
    @Nullable Inquiries inquiries(@Nullable DatabaseSettings database) {
        if (database == null) {
            return inquiries.values().stream().findFirst().orElse(null);
        }
        return inquiries.get(new Server(database.server(), database.tls()));
    }

    /// A role's verifier has turned out to be an old one.
    void forget(DatabaseSettings database, String user) {
        Inquiries asked = inquiries(database);
        if (asked != null) {
            asked.forget(user);
        }
    }

    /// A name as a client sent it, as text; empty when it is not UTF-8.
    static Optional<String> text(String name) {
        String text =
                new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        return Messages.utf8(text).equals(name) ? Optional.of(text) : Optional.empty();
    }

    /// For the loop that asks.
    @Override
    public void close() {
        inquiries.values().forEach(Inquiries::close);
    }
}
