package io.howdah.consensus.ratis;

import io.howdah.consensus.Transport;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Grpc;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets nothing in from a node that was taken out, at each message: its connections may be older
/// than that, and its certificate may still be valid for months. Thread-safe.
final class PeerDoor implements ServerInterceptor {

    private static final Logger LOG = LoggerFactory.getLogger(PeerDoor.class);

    private final Transport.Removals removals;

    PeerDoor(Transport.Removals removals) {
        this.removals = removals;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        X509Certificate certificate = certificate(call);
        if (certificate == null) {
            return refuse(call, "somebody without a certificate");
        }
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            private boolean refused;

            @Override
            public void onMessage(Q message) {
                Optional<String> removed = removals.removed(certificate);
                if (removed.isEmpty()) {
                    super.onMessage(message);
                } else if (!refused) {
                    refused = true;
                    refuse(call, removed.get() + ", which was taken out of the cluster");
                    // what has been begun by earlier messages ends as if the peer had gone
                    super.onCancel();
                }
            }

            @Override
            public void onHalfClose() {
                if (!refused) {
                    super.onHalfClose();
                }
            }

            @Override
            public void onCancel() {
                if (!refused) {
                    super.onCancel();
                }
            }

            @Override
            public void onComplete() {
                if (!refused) {
                    super.onComplete();
                }
            }
        };
    }

    private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, String whom) {
        LOG.debug("refused {} of {}", call.getMethodDescriptor().getFullMethodName(), whom);
        call.close(
                Status.PERMISSION_DENIED.withDescription("nothing is taken from " + whom),
                new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private static @Nullable X509Certificate certificate(ServerCall<?, ?> call) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        try {
            return session != null
                            && session.getPeerCertificates()[0] instanceof X509Certificate first
                    ? first
                    : null;
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }
}
