package io.howdah.node.authority;

import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A cluster's own certificate authority: whoever has its key makes the cluster's nodes and
/// operators. Keys are EC P-256, signatures ECDSA with SHA-256. The only place that makes
/// certificates, and the only one that loads Bouncy Castle; verifying needs neither. Immutable.
public final class CertificateAuthority {

    /// How long an authority is valid.
    public static final Duration LIFE = Duration.ofDays(3652);

    /// How long what it makes is valid, unless told otherwise.
    public static final Duration CERTIFICATE_LIFE = Duration.ofDays(365);

    /// Certificates begin a little before they are made, as clocks differ.
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(10);

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Credential own;

    private CertificateAuthority(Credential own) {
        this.own = own;
    }

    /// A key and its certificate as PEM, ready to be written. The key is a secret: `toString` does
    /// not show it.
    ///
    /// @param certificate to be written openly
    /// @param key to be written with mode 0600
    public record Issued(String certificate, String key) {
        @Override
        public String toString() {
            return "Issued[certificate=" + certificate + "]";
        }
    }

    /// Makes an authority for a new cluster.
    public static CertificateAuthority create(String cluster, Instant now) {
        KeyPair pair = keyPair();
        X500Name name =
                new X500NameBuilder(BCStyle.INSTANCE)
                        .addRDN(BCStyle.O, cluster)
                        .addRDN(BCStyle.CN, "Howdah authority of " + cluster)
                        .build();
        var builder =
                new JcaX509v3CertificateBuilder(
                        name,
                        serial(),
                        Date.from(now.minus(CLOCKS_DIFFER)),
                        Date.from(now.plus(LIFE)),
                        name,
                        pair.getPublic());
        try {
            var extensions = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    extensions.createSubjectKeyIdentifier(pair.getPublic()));
            return new CertificateAuthority(
                    new Credential(pair.getPrivate(), List.of(signed(builder, pair.getPrivate()))));
        } catch (CertIOException | GeneralSecurityException e) {
            throw cannotMake(e);
        }
    }

    /// When a certificate was made.
    static Instant made(X509Certificate certificate) {
        return certificate.getNotBefore().toInstant().plus(CLOCKS_DIFFER);
    }

    /// Takes up an authority that was made before.
    ///
    /// @throws CredentialException when a file is missing or damaged, the key is open to others, or
    ///   they do not belong together
    public static CertificateAuthority read(Path certificateFile, Path keyFile) {
        return new CertificateAuthority(Credential.read(certificateFile, keyFile));
    }

    /// The cluster whose authority it is.
    ///
    /// @throws CredentialException when its certificate does not say
    public String cluster() {
        return Identity.organisation(own.certificate())
                .orElseThrow(() ->
                        new CredentialException(
                                "the authority's certificate names no organisation",
                                "use an authority that `howdah init` made",
                                null));
    }

    /// Its own certificate, as PEM: what everybody of the cluster believes.
    public String certificate() {
        return Pem.write(own.certificate());
    }

    /// Its key, as PEM. Whoever has it is the cluster.
    public String key() {
        return Pem.write(own.key());
    }

    /// A node's key and certificate, good for both ends of a connection.
    ///
    /// @param node the node's name
    /// @param host where others reach it: a name or an address
    public Issued node(String cluster, String node, String host, Duration life, Instant now) {
        return issued(
                new Identity(node, Identity.Unit.NODE, cluster), List.of(host, node), life, now);
    }

    /// A client's key and certificate.
    ///
    /// @param name who it is, for the log
    public Issued client(String cluster, String name, Role role, Duration life, Instant now) {
        return issued(new Identity(name, Identity.Unit.of(role), cluster), List.of(), life, now);
    }

    private Issued issued(Identity identity, List<String> hosts, Duration life, Instant now) {
        KeyPair pair = keyPair();
        X509Certificate certificate =
                certificate(identity, hosts, pair.getPublic(), now, now.plus(life));
        return new Issued(Pem.write(certificate), Pem.write(pair.getPrivate()));
    }

    /// Whether less than a third of a certificate's life is left.
    ///
    /// @throws CredentialException when the file holds no certificate
    public static boolean isDue(Path certificateFile, Instant now) {
        return KeyMaterial.isDue(Credential.certificates(certificateFile).getFirst(), now);
    }

    /// Renews a certificate in its file, for the key that it has.
    ///
    /// @param hosts the names and addresses it is to be good for besides those it has; none for a
    ///   client's
    /// @throws CredentialException when the file holds no certificate of a node or a client
    public void renew(Path certificateFile, List<String> hosts, Instant now) {
        X509Certificate old = Credential.certificates(certificateFile).getFirst();
        var all = new LinkedHashSet<>(hosts);
        all.addAll(KeyMaterial.hosts(old));
        OwnerFile.writeOpen(certificateFile, renewed(old, List.copyOf(all), now));
    }

    /// The same certificate for the same key, valid anew for as long as the old one was. The key
    /// stays: so only one file changes, in one step, and no crash leaves a key without its
    /// certificate.
    ///
    /// @param hosts the names and addresses it is to be good for; none for a client's
    /// @return as PEM
    /// @throws CredentialException when the old one does not say whose it is
    private String renewed(X509Certificate old, List<String> hosts, Instant now) {
        Identity identity =
                Identity.of(old)
                        .orElseThrow(() ->
                                new CredentialException(
                                        "a certificate does not say what it is for: "
                                                + old.getSubjectX500Principal().getName(),
                                        "make a new one with `howdah init`",
                                        null));
        Duration life =
                Duration.between(old.getNotBefore().toInstant(), old.getNotAfter().toInstant())
                        .minus(CLOCKS_DIFFER);
        return Pem.write(certificate(identity, hosts, old.getPublicKey(), now, now.plus(life)));
    }

    private X509Certificate certificate(
            Identity identity, List<String> hosts, PublicKey key, Instant now, Instant end) {
        X500Name subject =
                new X500NameBuilder(BCStyle.INSTANCE)
                        .addRDN(BCStyle.O, identity.cluster())
                        .addRDN(BCStyle.OU, identity.unit().text())
                        .addRDN(BCStyle.CN, identity.name())
                        .build();
        Instant authorityEnd = own.certificate().getNotAfter().toInstant();
        var builder =
                new JcaX509v3CertificateBuilder(
                        own.certificate(),
                        serial(),
                        Date.from(now.minus(CLOCKS_DIFFER)),
                        Date.from(end.isAfter(authorityEnd) ? authorityEnd : end),
                        new X500Principal(subject.toString()),
                        key);
        boolean node = identity.unit() == Identity.Unit.NODE;
        try {
            var extensions = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    true,
                    new ExtendedKeyUsage(
                            node
                                    ? new KeyPurposeId[] {
                                        KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                                    }
                                    : new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth}));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    extensions.createAuthorityKeyIdentifier(own.certificate()));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    extensions.createSubjectKeyIdentifier(key));
            if (!hosts.isEmpty()) {
                builder.addExtension(Extension.subjectAlternativeName, false, names(hosts));
            }
            return signed(builder, own.key());
        } catch (CertIOException | GeneralSecurityException e) {
            throw cannotMake(e);
        }
    }

    private static GeneralNames names(List<String> hosts) {
        var names = new ArrayList<GeneralName>();
        for (String host : hosts) {
            boolean address = host.indexOf(':') >= 0 || host.matches("[0-9.]+");
            names.add(new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host));
        }
        return new GeneralNames(names.toArray(GeneralName[]::new));
    }

    private static X509Certificate signed(JcaX509v3CertificateBuilder builder, PrivateKey key) {
        try {
            String algorithm =
                    key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder(algorithm).build(key)));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw cannotMake(e);
        }
    }

    private static KeyPair keyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw cannotMake(e);
        }
    }

    private static BigInteger serial() {
        return new BigInteger(127, RANDOM).add(BigInteger.ONE);
    }

    private static IllegalStateException cannotMake(Exception e) {
        return new IllegalStateException("this Java cannot make certificates: " + e, e);
    }
}
