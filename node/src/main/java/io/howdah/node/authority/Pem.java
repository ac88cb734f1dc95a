package io.howdah.node.authority;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Keys and certificates as text. What cannot be read is refused without being quoted: it may be a
/// secret.
final class Pem {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

    private static final Base64.Encoder LINES =
            Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    private Pem() {}

    static String write(PrivateKey key) {
        return block("PRIVATE KEY", key.getEncoded());
    }

    static String write(X509Certificate certificate) {
        try {
            return block("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate has no encoding", e);
        }
    }

    private static String block(String label, byte[] content) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(label, LINES.encodeToString(content), label);
    }

    /// All certificates of a text, in its order.
    ///
    /// @throws CertificateException when there is none, or one is damaged
    static List<X509Certificate> certificates(String text) throws CertificateException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        var certificates = new ArrayList<X509Certificate>();
        for (Matcher block = BLOCK.matcher(text); block.find(); ) {
            if (block.group(1).equals("CERTIFICATE")) {
                byte[] encoded;
                try {
                    encoded = Base64.getMimeDecoder().decode(block.group(2));
                } catch (IllegalArgumentException e) {
                    throw new CertificateException("it is not Base64", e);
                }
                certificates.add(
                        (X509Certificate)
                                factory.generateCertificate(new ByteArrayInputStream(encoded)));
            }
        }
        if (certificates.isEmpty()) {
            throw new CertificateException("it has no BEGIN CERTIFICATE block");
        }
        return certificates;
    }

    /// The one private key of a text, EC or RSA, in PKCS #8.
    ///
    /// @throws InvalidKeySpecException when it is not there or not of a kind that is known here
    static PrivateKey privateKey(String text) throws InvalidKeySpecException {
        for (Matcher block = BLOCK.matcher(text); block.find(); ) {
            if (block.group(1).equals("PRIVATE KEY")) {
                return privateKey(Base64.getMimeDecoder(), block.group(2));
            }
            if (block.group(1).endsWith("PRIVATE KEY")) {
                throw new InvalidKeySpecException(
                        "it is a " + block.group(1) + ", not an unencrypted PKCS #8 key");
            }
        }
        throw new InvalidKeySpecException("it has no BEGIN PRIVATE KEY block");
    }

    private static PrivateKey privateKey(Base64.Decoder decoder, String body)
            throws InvalidKeySpecException {
        for (String algorithm : List.of("EC", "RSA")) {
            try {
                return KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(decoder.decode(body)));
            } catch (IllegalArgumentException | GeneralSecurityException e) {
                // Not of this algorithm: try the next. The cause is dropped, as it may quote the
                // key.
            }
        }
        throw new InvalidKeySpecException("it is neither an EC nor an RSA key");
    }
}
