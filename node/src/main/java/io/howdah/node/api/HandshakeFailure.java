package io.howdah.node.api;

import java.io.IOException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// A node was reached, but TLS with it failed.
final class HandshakeFailure {

    private HandshakeFailure() {}

    /// Whether the failure is one.
    static boolean is(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return true;
            }
        }
        return false;
    }

    /// Why, in words: ours about the certificate where there are some, else the JDK's.
    static String reason(IOException e) {
        @Nullable String ours = null;
        String words = String.valueOf(e.getMessage());
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (ours == null && cause instanceof CertificateException) {
                ours = cause.getMessage();
            }
        }
        if (ours != null) {
            return ours;
        }
        return words.contains("plaintext connection")
                        || words.contains("Unsupported or unrecognized")
                ? "it does not speak https"
                : words;
    }
}
