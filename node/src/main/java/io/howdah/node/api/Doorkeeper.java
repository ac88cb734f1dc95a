package io.howdah.node.api;

import io.howdah.node.authority.KeyMaterial;
import io.howdah.node.authority.RemovedNodeException;
import io.howdah.node.authority.Role;
import io.howdah.node.authority.Tokens;
import io.howdah.node.configuration.ApiAccess;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/// Finds out who asks, and whether he may. Thread-safe.
final class Doorkeeper {

    private static final String BEARER = "bearer ";

    private final @Nullable KeyMaterial keys;
    private final Tokens tokens;
    private final boolean openReads;

    /// @param keys judge certificates; null: nobody can prove who he is, so this machine's own
    ///   users may do everything, and others only look
    Doorkeeper(@Nullable KeyMaterial keys, ApiAccess access) {
        this.keys = keys;
        this.tokens = access.tokens() == null ? Tokens.none() : Tokens.of(access.tokens());
        this.openReads = access.openReads();
    }

    /// What became of a request at the door.
    sealed interface Admission {}

    /// It may pass.
    ///
    /// @param caller null when it is open to everybody and nobody showed anything
    record Admitted(@Nullable Caller caller) implements Admission {
        /// Whoever asked, by name.
        String who() {
            return caller == null ? "nobody" : caller.name();
        }
    }

    /// It may not.
    ///
    /// @param status 401: we do not know who asks; 403: we know, and he may not
    record Refused(int status, String message, String hint) implements Admission {}

    Admission admit(Request request) {
        Optional<Role> needed =
                Doors.needed(request.getMethod(), Request.getPathInContext(request), openReads);
        if (needed.isEmpty()) {
            return new Admitted(null);
        }
        return keys == null
                ? admitByPlace(request, needed.get())
                : admit(identify(keys, request), needed.get(), request);
    }

    /// Whether a caller who was admitted may do something that needs more.
    Optional<Refused> refusal(Admitted admitted, Role needed) {
        Caller caller = admitted.caller();
        return caller != null && caller.role().covers(needed)
                ? Optional.empty()
                : Optional.of(tooSmall(admitted.who(), caller, needed));
    }

    private static Admission admitByPlace(Request request, Role needed) {
        if (needed == Role.READ || isThisMachine(request.getConnectionMetaData())) {
            return new Admitted(Caller.LOCAL);
        }
        return new Refused(
                403,
                "changes are taken from this node's own machine only",
                "run the command on that machine, or give the cluster keys with `howdah init`");
    }

    private Admission admit(Proof proof, Role needed, Request request) {
        return switch (proof) {
            case Proven(Caller caller)
                    when caller.node()
                            && !Doors.openToNodes(
                                    request.getMethod(), Request.getPathInContext(request)) ->
                    new Refused(
                            403,
                            caller.name() + " is a node: this is not what nodes ask each other",
                            "use the credentials of somebody; `howdah init client` makes them");
            case Proven(Caller caller) ->
                    caller.role().covers(needed)
                            ? new Admitted(caller)
                            : tooSmall(caller.name(), caller, needed);
            case Unproven(String why, String hint) -> new Refused(401, why, hint);
        };
    }

    private static Refused tooSmall(String who, @Nullable Caller caller, Role needed) {
        return new Refused(
                403,
                "this needs the role "
                        + needed.text()
                        + ", and "
                        + who
                        + " has "
                        + (caller == null ? "none" : caller.role().text()),
                "use credentials of that role; `howdah init client --role "
                        + needed.text()
                        + "` makes them");
    }

    private sealed interface Proof {}

    private record Proven(Caller caller) implements Proof {}

    private record Unproven(String why, String hint) implements Proof {}

    private Proof identify(KeyMaterial judge, Request request) {
        List<X509Certificate> chain = chain(request);
        if (!chain.isEmpty()) {
            try {
                return new Proven(Caller.of(judge.client(chain)));
            } catch (RemovedNodeException e) {
                return new Unproven(
                        String.valueOf(e.getMessage()),
                        "to take "
                                + e.node()
                                + " in again give it a new certificate: `howdah init renew`, and copy"
                                + " its node.crt there");
            } catch (CertificateException e) {
                return new Unproven(
                        String.valueOf(e.getMessage()),
                        "use a certificate that `howdah init client` made for this cluster, or"
                                + " renew it with `howdah init renew`");
            }
        }
        String shown = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        if (shown == null) {
            return new Unproven(
                    "this needs a client certificate or a token",
                    "name your credentials with --credentials DIR or HOWDAH_CREDENTIALS, or send"
                            + " Authorization: Bearer TOKEN");
        }
        if (!shown.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            return new Unproven(
                    "this takes client certificates and bearer tokens only",
                    "send Authorization: Bearer TOKEN");
        }
        return tokens.holder(shown.substring(BEARER.length()).strip())
                .<Proof>map(holder -> new Proven(new Caller(holder.name(), holder.role(), false)))
                .orElse(
                        new Unproven(
                                "the token is not known here",
                                "make one with `howdah init token`, and copy the file of tokens to"
                                        + " every node"));
    }

    private static List<X509Certificate> chain(Request request) {
        return request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE)
                                instanceof EndPoint.SslSessionData session
                        && session.peerCertificates() != null
                ? List.of(session.peerCertificates())
                : List.of();
    }

    private static boolean isThisMachine(ConnectionMetaData connection) {
        return connection.getRemoteSocketAddress() instanceof InetSocketAddress remote
                && remote.getAddress() != null
                && connection.getLocalSocketAddress() instanceof InetSocketAddress local
                && (remote.getAddress().isLoopbackAddress()
                        || remote.getAddress().equals(local.getAddress()));
    }
}
