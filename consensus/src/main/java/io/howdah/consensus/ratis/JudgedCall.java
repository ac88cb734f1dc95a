package io.howdah.consensus.ratis;

import java.util.Optional;
import java.util.function.Function;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A call of another peer whose messages are judged one by one. With the first that is objected to
/// it ends: for the sender with a status that says why, for the receiver as if the sender had gone.
/// Used by one thread at a time, as gRPC does.
final class JudgedCall<Q> extends SimpleForwardingServerCallListener<Q> {

    private static final Logger LOG = LoggerFactory.getLogger(JudgedCall.class);

    private final ServerCall<Q, ?> call;
    private final Function<? super Q, Optional<Status>> objection;
    private boolean refused;

    /// @param receiver who gets what is not objected to
    /// @param objection why a message may not be taken
    JudgedCall(
            ServerCall<Q, ?> call,
            ServerCall.Listener<Q> receiver,
            Function<? super Q, Optional<Status>> objection) {
        super(receiver);
        this.call = call;
        this.objection = objection;
    }

    /// Ends a call before anything of it was received.
    static <Q> ServerCall.Listener<Q> refused(ServerCall<Q, ?> call, Status why) {
        LOG.debug("refused {}: {}", call.getMethodDescriptor().getFullMethodName(), why);
        call.close(why, new Metadata());
        return new ServerCall.Listener<>() {};
    }

    @Override
    public void onMessage(Q message) {
        if (refused) {
            return;
        }
        Optional<Status> why = objection.apply(message);
        if (why.isEmpty()) {
            super.onMessage(message);
            return;
        }
        refused = true;
        var _ = refused(call, why.get());
        // what has been begun by earlier messages ends as if the peer had gone
        super.onCancel();
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
}
