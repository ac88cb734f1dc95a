package io.howdah.testing;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate authority of a test's own, for modules that know nothing of the product's. Makes
/// what that one would not: expired certificates, and ones for another host.
public final class TestAuthority {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final char[] NO_PASSWORD = new char[0];

    private final Holder own;

    /// @param name as in `cluster a`
    public TestAuthority(String name) {
        X500Principal subject = new X500Principal("CN=" + name);
        KeyPair keys = newKeys();
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder =
                builder(subject, subject, keys, now, now.plus(Duration.ofDays(1)));
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        } catch (CertIOException e) {
            throw new IllegalStateException(e);
        }
        this.own = new Holder(keys.getPrivate(), sign(builder, keys.getPrivate()));
    }

    /// Somebody with a key and a certificate.
    ///
    /// @param key the private key
    /// @param certificate the certificate, signed by the authority
    public record Holder(PrivateKey key, X509Certificate certificate) {

        /// The key as PEM (PKCS 8).
        public String keyPem() {
            return pem("PRIVATE KEY", key.getEncoded());
        }

        /// The certificate as PEM.
        public String certificatePem() {
            return TestAuthority.pem(certificate);
        }

        /// Shows this certificate.
        public X509ExtendedKeyManager keyManager() {
            try {
                KeyStore store = newStore();
                store.setKeyEntry("holder", key, NO_PASSWORD, new X509Certificate[] {certificate});
                KeyManagerFactory factory = KeyManagerFactory.getInstance("NewSunX509");
                factory.init(store, NO_PASSWORD);
                for (KeyManager manager : factory.getKeyManagers()) {
                    if (manager instanceof X509ExtendedKeyManager extended) {
                        return extended;
                    }
                }
                throw new IllegalStateException("no key manager");
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /// A certificate that is valid now.
    ///
    /// @param name its common name
    /// @param hosts the names and addresses it is good for
    public Holder holder(String name, String... hosts) {
        Instant now = Instant.now();
        return holder(name, now.minus(Duration.ofHours(1)), now.plus(Duration.ofHours(12)), hosts);
    }

    /// A certificate that was valid until an hour ago.
    public Holder expired(String name, String... hosts) {
        Instant now = Instant.now();
        return holder(name, now.minus(Duration.ofDays(2)), now.minus(Duration.ofHours(1)), hosts);
    }

    private Holder holder(String name, Instant from, Instant until, String... hosts) {
        KeyPair keys = newKeys();
        JcaX509v3CertificateBuilder builder =
                builder(
                        own.certificate.getSubjectX500Principal(),
                        new X500Principal("CN=" + name),
                        keys,
                        from,
                        until);
        try {
            if (hosts.length > 0) {
                GeneralName[] names = new GeneralName[hosts.length];
                for (int i = 0; i < hosts.length; i++) {
                    boolean address = hosts[i].matches("[0-9.]+|.*:.*");
                    names[i] =
                            new GeneralName(
                                    address ? GeneralName.iPAddress : GeneralName.dNSName,
                                    hosts[i]);
                }
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
        } catch (CertIOException e) {
            throw new IllegalStateException(e);
        }
        return new Holder(keys.getPrivate(), sign(builder, own.key));
    }

    /// The authority's certificate as PEM.
    public String pem() {
        return pem(own.certificate);
    }

    /// Trusts this authority and no other.
    public X509ExtendedTrustManager trustManager() {
        try {
            KeyStore store = newStore();
            store.setCertificateEntry("authority", own.certificate);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager extended) {
                    return extended;
                }
            }
            throw new IllegalStateException("no trust manager");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Trusts this authority, and shows the holders' certificates; without a holder, none.
    public SSLContext context(Holder... holders) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    List.of(holders).stream().map(Holder::keyManager).toArray(KeyManager[]::new),
                    new TrustManager[] {trustManager()},
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JcaX509v3CertificateBuilder builder(
            X500Principal issuer, X500Principal subject, KeyPair keys, Instant from, Instant to) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(100, RANDOM),
                Date.from(from),
                Date.from(to),
                subject,
                keys.getPublic());
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(
                                    new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyStore newStore() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(X509Certificate certificate) {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String label, byte[] content) {
        return "-----BEGIN "
                + label
                + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END "
                + label
                + "-----\n";
    }
}
