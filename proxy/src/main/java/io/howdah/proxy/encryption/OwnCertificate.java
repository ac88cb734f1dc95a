package io.howdah.proxy.encryption;

import io.howdah.proxy.ProxyException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A certificate of the proxy's own and the key that belongs to it, which never shows itself.
/// Immutable.
final class OwnCertificate {

    private static final int LONGEST_BYTES = 64 * 1024;

    private static final Pattern KEY =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private final PrivateKey key;
    private final X509Certificate[] chain;

    private OwnCertificate(PrivateKey key, X509Certificate[] chain) {
        this.key = key;
        this.chain = chain;
    }

    /// Reads both.
    ///
    /// @throws ProxyException when one cannot be used, the key is open to others, or the two do not
    ///   belong together
    static OwnCertificate read(Path certificateFile, Path keyFile) {
        X509Certificate[] chain = TlsContexts.certificates(certificateFile);
        PublicKey shown = chain[0].getPublicKey();
        Matcher text = KEY.matcher(PrivateFile.read(keyFile, LONGEST_BYTES));
        if (!text.find()) {
            throw new ProxyException(
                    keyFile + " holds no private key of PKCS#8",
                    "make one of it: openssl pkcs8 -topk8 -nocrypt -in " + keyFile,
                    null);
        }
        try {
            PrivateKey key =
                    KeyFactory.getInstance(shown.getAlgorithm())
                            .generatePrivate(
                                    new PKCS8EncodedKeySpec(
                                            Base64.getMimeDecoder().decode(text.group(1))));
            if (belong(key, shown)) {
                return new OwnCertificate(key, chain);
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw notTogether(certificateFile, keyFile, e);
        }
        throw notTogether(certificateFile, keyFile, null);
    }

    private static boolean belong(PrivateKey key, PublicKey shown) throws GeneralSecurityException {
        String algorithm =
                switch (shown.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> shown.getAlgorithm();
                };
        byte[] sample = "sample".getBytes(StandardCharsets.US_ASCII);
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(sample);
        byte[] signature = signer.sign();
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(shown);
        verifier.update(sample);
        return verifier.verify(signature);
    }

    private static ProxyException notTogether(
            Path certificate, Path key, @Nullable Exception cause) {
        return new ProxyException(
                "the certificate " + certificate + " and the key " + key + " do not fit",
                "name the key that the certificate was made for",
                cause);
    }

    PrivateKey key() {
        return key;
    }

    /// The certificate, and those between it and its authority.
    X509Certificate[] chain() {
        return chain.clone();
    }
}
