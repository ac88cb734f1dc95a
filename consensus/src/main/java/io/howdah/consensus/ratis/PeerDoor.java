package io.howdah.consensus.ratis;

import io.howdah.consensus.Transport;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.apache.ratis.thirdparty.io.grpc.Grpc;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.jspecify.annotations.Nullable;

/// Lets nothing in from a node that was taken out, at each message: its connections may be older
/// than that, and its certificate may still be valid for months. Thread-safe.
final class PeerDoor implements ServerInterceptor {

    private final Transport.Removals removals;

    PeerDoor(Transport.Removals removals) {
        this.removals = removals;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        X509Certificate certificate = certificate(call);
        if (certificate == null) {
            return JudgedCall.refused(call, nothingFrom("somebody without a certificate"));
        }
        return new JudgedCall<>(
                call,
                next.startCall(call, headers),
                message ->
                        removals.removed(certificate)
                                .map(name ->
                                        nothingFrom(
                                                name + ", which was taken out of the cluster")));
    }

    private static Status nothingFrom(String whom) {
        return Status.PERMISSION_DENIED.withDescription("nothing is taken from " + whom);
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
