package io.howdah.node.api;

import io.howdah.node.configuration.DataSize;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the answer to each request. Thread-safe.
final class ApiHandler extends Handler.Abstract {

    private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);

    private static final int BODY_BYTES_MAXIMUM = 64 << 10;
    private static final List<String> READS = List.of("GET", "HEAD", "OPTIONS");

    private final NodeView node;
    private final MemberPoll poll;

    ApiHandler(NodeView node, MemberPoll poll) {
        this.node = node;
        this.poll = poll;
    }

    /// A status and a body: a record, or a String that is JSON already.
    private record Answer(int status, Object body) {
        static Answer refusal(int status, String message, String hint) {
            return new Answer(status, new ActionReply(false, message, hint));
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Answer answer;
        try {
            answer = answer(request, response);
        } catch (Exception e) {
            LOG.error("the request {} {} failed", request.getMethod(), request.getHttpURI(), e);
            answer = Answer.refusal(500, "the request failed", "the node's log says why");
        }
        boolean withBody =
                !HttpMethod.HEAD.is(request.getMethod())
                        && !HttpMethod.OPTIONS.is(request.getMethod());
        ApiErrors.write(response, callback, answer.status(), answer.body(), withBody);
        return true;
    }

    private Answer answer(Request request, Response response) throws Exception {
        String path = Request.getPathInContext(request);
        Optional<HealthCheck> check = HealthCheck.of(path);
        if (check.isPresent()) {
            return allowed(request, response, READS).orElseGet(() -> health(check.get(), request));
        }
        return switch (path) {
            case "/node", "/cluster", "/history", "/consensus" ->
                    allowed(request, response, READS).orElseGet(() -> read(path));
            case "/metrics" -> allowed(request, response, READS).orElseGet(() -> metrics(request));
            case "/switchover", "/failover", "/pause", "/resume", "/restart", "/reinitialize" -> {
                Optional<Answer> refusal = allowed(request, response, List.of("POST"));
                yield refusal.isPresent() ? refusal.get() : change(path, request);
            }
            default ->
                    Answer.refusal(
                            404,
                            "there is nothing under this path",
                            "ask for /cluster, /node, /history or a health check such as /primary");
        };
    }

    private static Optional<Answer> allowed(
            Request request, Response response, List<String> methods) {
        if (methods.contains(request.getMethod())) {
            return Optional.empty();
        }
        String allow = String.join(", ", methods);
        response.getHeaders().put(HttpHeader.ALLOW, allow);
        return Optional.of(Answer.refusal(405, "the method is not offered here", "use " + allow));
    }

    private Answer read(String path) {
        return new Answer(
                200,
                switch (path) {
                    case "/node" -> node.self();
                    case "/history" -> node.history();
                    case "/consensus" -> node.introduction();
                    default -> cluster();
                });
    }

    private Answer metrics(Request request) {
        String accept = String.join(",", request.getHeaders().getValuesList(HttpHeader.ACCEPT));
        return new Answer(200, node.metrics(accept));
    }

    private ClusterStatus cluster() {
        ClusterStatus agreed = node.cluster();
        MemberStatus self = node.self();
        List<MemberStatus> others =
                agreed.members().stream()
                        .filter(member -> !member.name().equals(self.name()))
                        .toList();
        var live = new HashMap<>(poll.ask(others));
        live.put(self.name(), self);
        return ClusterMerge.merge(agreed, live);
    }

    private Answer health(HealthCheck check, Request request) {
        HealthCheck.Demand demand;
        try {
            demand = demand(Request.extractQueryParameters(request));
        } catch (IllegalArgumentException e) {
            return Answer.refusal(
                    400, "the query is damaged: " + e.getMessage(), "ask such as ?lag=16MB");
        }
        HealthCheck.Condition condition = HealthCheck.Condition.of(node);
        Optional<String> problem = check.problem(condition, demand);
        return new Answer(
                problem.isEmpty() ? 200 : 503, HealthBody.of(condition, node.cluster(), problem));
    }

    private static HealthCheck.Demand demand(Fields query) {
        var tags = new HashMap<String, String>();
        for (Fields.Field field : query) {
            if (field.getName().startsWith("tag_") && field.getValue() != null) {
                tags.put(field.getName().substring("tag_".length()), field.getValue());
            }
        }
        String lag = query.getValue("lag");
        return new HealthCheck.Demand(
                lag == null ? Long.MAX_VALUE : DataSize.parse(lag).bytes(),
                !"write".equals(query.getValue("mode")),
                Objects.requireNonNullElse(query.getValue("replication_state"), ""),
                Map.copyOf(tags));
    }

    private Answer change(String path, Request request) throws Exception {
        Optional<Answer> stranger = stranger(request);
        if (stranger.isPresent()) {
            return stranger.get();
        }
        byte[] body;
        try (var in = Content.Source.asInputStream(request)) {
            body = in.readNBytes(BODY_BYTES_MAXIMUM + 1);
        }
        if (body.length > BODY_BYTES_MAXIMUM) {
            return Answer.refusal(
                    413, "the body is longer than 64 KiB", "send the JSON of the request alone");
        }
        ActionOutcome outcome;
        try {
            outcome = ask(path, body);
        } catch (DamagedRequestException e) {
            return Answer.refusal(
                    400, String.valueOf(e.getMessage()), "send such as " + example(path));
        }
        LOG.info("{} was asked for: {}, {}", path, outcome.verdict(), outcome.message());
        return new Answer(outcome.verdict().httpStatus(), outcome.reply());
    }

    private ActionOutcome ask(String path, byte[] body) throws DamagedRequestException {
        return switch (path) {
            case "/switchover" ->
                    node.switchover(ApiJson.readRequest(body, SwitchoverRequest.class));
            case "/failover" -> node.failover(ApiJson.readRequest(body, FailoverRequest.class));
            case "/restart" ->
                    node.restart(ApiJson.readRequest(orEmpty(body), RestartRequest.class));
            case "/reinitialize" ->
                    node.reinitialize(
                            ApiJson.readRequest(orEmpty(body), ReinitializeRequest.class));
            case "/pause" -> node.operations().pause(ApiJson.readRequest(body, PauseRequest.class));
            default -> node.operations().resume(ApiJson.readRequest(body, PauseRequest.class));
        };
    }

    /// Where every field may be left out, so may the braces, as with Patroni.
    private static byte[] orEmpty(byte[] body) {
        return body.length == 0 ? "{}".getBytes(StandardCharsets.UTF_8) : body;
    }

    private static String example(String path) {
        return switch (path) {
            case "/switchover" -> "{\"candidate\":\"n2\"}";
            case "/failover" -> "{\"candidate\":\"n2\",\"allowDataLoss\":false}";
            case "/restart" -> "{} or {\"restart_pending\":true}";
            case "/reinitialize" -> "{} or {\"member\":\"n2\"}";
            case "/pause" -> "{\"by\":\"alice\",\"why\":\"new disks\"}";
            default -> "{\"by\":\"alice\"}";
        };
    }

    /// A page in a browser must not be able to move the primary: it cannot leave out its origin,
    /// nor send JSON without asking first. And as long as nobody proves who he is, changes are made
    /// from this machine only.
    private static Optional<Answer> stranger(Request request) {
        if (request.getHeaders().contains(HttpHeader.ORIGIN)) {
            return Optional.of(
                    Answer.refusal(
                            403,
                            "a web page may not change the cluster",
                            "use the howdah command"));
        }
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
            return Optional.of(
                    Answer.refusal(
                            415,
                            "the body is not declared as JSON",
                            "send the header Content-Type: application/json"));
        }
        boolean local = isThisMachine(request.getConnectionMetaData());
        return local
                ? Optional.empty()
                : Optional.of(
                        Answer.refusal(
                                403,
                                "changes are taken from this node's own machine only",
                                "run the command on that machine"));
    }

    private static boolean isThisMachine(ConnectionMetaData connection) {
        return connection.getRemoteSocketAddress() instanceof InetSocketAddress remote
                && remote.getAddress() != null
                && connection.getLocalSocketAddress() instanceof InetSocketAddress local
                && (remote.getAddress().isLoopbackAddress()
                        || remote.getAddress().equals(local.getAddress()));
    }
}
