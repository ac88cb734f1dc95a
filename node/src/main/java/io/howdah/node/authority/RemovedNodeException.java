package io.howdah.node.authority;

import java.security.cert.CertificateException;
import java.time.Instant;

/// A node's certificate that was good once: its node was taken out of the cluster since.
public final class RemovedNodeException extends CertificateException {

    private static final long serialVersionUID = 1L;

    private final String node;
    private final transient Instant at;

    RemovedNodeException(String node, Instant at) {
        super(
                node
                        + " was taken out of the cluster at "
                        + at
                        + ", and its certificate was made before that");
        this.node = node;
        this.at = at;
    }

    /// When it was taken out.
    public Instant at() {
        return at;
    }

    /// The node's name.
    public String node() {
        return node;
    }
}
