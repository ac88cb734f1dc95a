package io.howdah.node.authority;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.util.List;

/// A private key and the certificate chain that goes with it. Immutable; never written anywhere but
/// to its own files.
///
/// @param key the secret
/// @param chain the certificate for that key first; never empty
record Credential(PrivateKey key, List<X509Certificate> chain) {

    Credential {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("a credential without a certificate");
        }
    }

    X509Certificate certificate() {
        return chain.getFirst();
    }

    /// Reads key and certificate.
    ///
    /// @throws CredentialException when one is missing or damaged, the key is open to others, or
    ///   they do not belong together
    static Credential read(Path certificateFile, Path keyFile) {
        List<X509Certificate> chain = certificates(certificateFile);
        PrivateKey key = privateKey(keyFile);
        if (!match(key, chain.getFirst().getPublicKey())) {
            throw new CredentialException(
                    "the certificate " + certificateFile + " was not made for the key " + keyFile,
                    "copy both from the same `howdah init`, or make new ones with `howdah init renew`",
                    null);
        }
        return new Credential(key, chain);
    }

    /// @throws CredentialException when the file is missing, or no certificate
    static List<X509Certificate> certificates(Path file) {
        try {
            return Pem.certificates(OwnerFile.readOpen(file));
        } catch (CertificateException e) {
            throw new CredentialException(
                    file + " is not a certificate in PEM: " + e.getMessage(),
                    "copy it again from where `howdah init` made it",
                    e);
        }
    }

    /// @throws CredentialException when the file is missing, open to others, or no key
    static PrivateKey privateKey(Path file) {
        try {
            return Pem.privateKey(OwnerFile.readSecret(file));
        } catch (InvalidKeySpecException e) {
            throw new CredentialException(
                    file + " is not a private key in PEM: " + e.getMessage(),
                    "copy it again; `openssl pkcs8 -topk8 -nocrypt` turns other kinds into this one",
                    e);
        }
    }

    private static boolean match(PrivateKey secret, PublicKey open) {
        try {
            Signature signature =
                    Signature.getInstance(
                            secret.getAlgorithm().equals("RSA")
                                    ? "SHA256withRSA"
                                    : "SHA256withECDSA");
            byte[] probe = {1, 2, 3};
            signature.initSign(secret);
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(probe);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "Credential of " + certificate().getSubjectX500Principal().getName();
    }
}
