package io.howdah.proxy;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// An authority of the tests', and what it signs, as PEM.
final class Certificates {

    /// @param certificate as PEM
    /// @param key as PEM (PKCS#8)
    record Identity(String certificate, String key) {

        /// Writes both.
        Identity into(Path folder, String name) {
            Secrets.write(folder.resolve(name + ".crt"), certificate);
            Secrets.write(folder.resolve(name + ".key"), key);
            return this;
        }
    }

    private final KeyPair keys = newKeys();
    private final X500Principal name;
    private final X509Certificate root;
    private final String certificate;

    Certificates(String name) {
        this.name = new X500Principal("CN=" + name);
        this.root = sign(this.name, keys, true, false, false);
        this.certificate = pem(root);
    }

    /// What believes this authority.
    SSLContext context() {
        try {
            KeyStore believed = KeyStore.getInstance(KeyStore.getDefaultType());
            believed.load(null, null);
            believed.setCertificateEntry("authority", root);
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(believed);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    String authority() {
        return certificate;
    }

    /// For this machine as a server, or for a client whose name it is.
    Identity identity(String commonName) {
        return identity(commonName, false, true);
    }

    Identity expired(String commonName) {
        return identity(commonName, true, true);
    }

    /// For a server on another machine.
    Identity elsewhere(String commonName) {
        return identity(commonName, false, false);
    }

    private Identity identity(String commonName, boolean expired, boolean here) {
        KeyPair own = newKeys();
        try {
            return new Identity(
                    pem(sign(new X500Principal("CN=" + commonName), own, false, expired, here)),
                    pem(new JcaPKCS8Generator(own.getPrivate(), null)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private X509Certificate sign(
            X500Principal subject,
            KeyPair owner,
            boolean authority,
            boolean expired,
            boolean here) {
        Instant from = Instant.now().minusSeconds(7_200);
        Instant to = expired ? from.plusSeconds(3_600) : from.plusSeconds(86_400);
        try {
            var builder =
                    new JcaX509v3CertificateBuilder(
                            name,
                            new BigInteger(64, new SecureRandom()),
                            Date.from(from),
                            Date.from(to),
                            subject,
                            owner.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (here) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(
                                new GeneralName[] {
                                    new GeneralName(GeneralName.dNSName, "localhost"),
                                    new GeneralName(GeneralName.iPAddress, "127.0.0.1")
                                }));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(
                                    new JcaContentSignerBuilder("SHA256withECDSA")
                                            .build(keys.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
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

    private static String pem(Object content) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
