package io.howdah.node.api;

import io.howdah.node.authority.Role;
import io.howdah.node.configuration.DataSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
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
    private final Doorkeeper doorkeeper;

    ApiHandler(NodeView node, MemberPoll poll, Doorkeeper doorkeeper) {
        this.node = node;
        this.poll = poll;
        this.doorkeeper = doorkeeper;
    }

    /// A status and a body: a record, or a String that is JSON already.
    private record Answer(int status, Object body) {
        static Answer refusal(int status, String message, String hint) {
            return new Answer(status, new ActionReply(false, message, hint));
        }

        static Answer refusal(Doorkeeper.Refused refused) {
            return refusal(refused.status(), refused.message(), refused.hint());
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Answer answer;
        try {
            answer =
                    switch (doorkeeper.admit(request)) {
                        case Doorkeeper.Refused refused -> {
                            if (refused.status() == 401) {
                                // who comes with another certificate needs another connection
                                response.getHeaders().put(HttpHeader.CONNECTION, "close");
                            }
                            yield Answer.refusal(refused);
                        }
                        case Doorkeeper.Admitted admitted -> answer(request, response, admitted);
                    };
        } catch (Exception e) {
            LOG.error("the request {} {} failed", request.getMethod(), request.getHttpURI(), e);
            answer = Answer.refusal(500, "the request failed", "the node's log says why");
        }
        // Else the connection is cut while the caller still sends, and he never reads why.
        drain(request);
        boolean withBody =
                !HttpMethod.HEAD.is(request.getMethod())
                        && !HttpMethod.OPTIONS.is(request.getMethod());
        ApiErrors.write(response, callback, answer.status(), answer.body(), withBody);
        return true;
    }

    private Answer answer(Request request, Response response, Doorkeeper.Admitted admitted)
            throws Exception {
        String path = Request.getPathInContext(request);
        Optional<HealthCheck> check = HealthCheck.of(path);
        if (check.isPresent()) {
            return allowed(request, response, READS).orElseGet(() -> health(check.get(), request));
        }
        return switch (path) {
            case "/node", "/cluster", "/leadership", "/history", "/consensus" ->
                    allowed(request, response, READS).orElseGet(() -> read(path));
            case "/metrics" -> allowed(request, response, READS).orElseGet(() -> metrics(request));
            case "/config" -> {
                Optional<Answer> refusal =
                        allowed(
                                request,
                                response,
                                List.of("GET", "HEAD", "OPTIONS", "PATCH", "PUT", "POST"));
                boolean reads = READS.contains(request.getMethod());
                yield refusal.isPresent()
                        ? refusal.get()
                        : reads ? config() : change(path, request, admitted);
            }
            case "/switchover",
                    "/failover",
                    "/pause",
                    "/resume",
                    "/restart",
                    "/reinitialize",
                    "/adopt",
                    "/remove",
                    "/leave" -> {
                Optional<Answer> refusal =
                        allowed(
                                request,
                                response,
                                path.equals("/switchover")
                                        ? List.of("POST", "DELETE")
                                        : List.of("POST"));
                yield refusal.isPresent() ? refusal.get() : change(path, request, admitted);
            }
            default ->
                    Answer.refusal(
                            404,
                            "there is nothing under this path",
                            "ask for /cluster, /node, /history or a health check such as /primary");
        };
    }

    private static void drain(Request request) {
        try {
            body(request);
        } catch (IOException e) {
            LOG.debug("a request was not read to its end: {}", e.getMessage());
        }
    }

    private static byte[] body(Request request) throws IOException {
        try (var in = Content.Source.asInputStream(request)) {
            return in.readNBytes(BODY_BYTES_MAXIMUM + 1);
        }
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
                    case "/leadership" -> node.leadership();
                    case "/history" -> node.history();
                    case "/consensus" -> node.introduction();
                    default -> cluster();
                });
    }

    private Answer config() {
        return node.operations()
                .config()
                .map(config -> new Answer(200, config))
                .orElseGet(() ->
                        Answer.refusal(
                                503,
                                "the cluster has no configuration yet: it has had no primary",
                                "ask again in a moment; `howdah status` says what it waits for"));
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
                problem.isEmpty() ? 200 : 503,
                check == HealthCheck.STATUS
                        ? HealthBody.of(condition, node.cluster(), problem).with(node.details())
                        : HealthBody.of(condition, node.cluster(), problem));
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

    private Answer change(String path, Request request, Doorkeeper.Admitted admitted)
            throws Exception {
        Optional<Answer> stranger = stranger(request);
        if (stranger.isPresent()) {
            return stranger.get();
        }
        byte[] body = body(request);
        if (body.length > BODY_BYTES_MAXIMUM) {
            return Answer.refusal(
                    413, "the body is longer than 64 KiB", "send the JSON of the request alone");
        }
        ActionOutcome outcome;
        try {
            if (path.equals("/failover")) {
                Role needed = Doors.needed(ApiJson.readRequest(body, FailoverRequest.class));
                Optional<Doorkeeper.Refused> refused = doorkeeper.refusal(admitted, needed);
                if (refused.isPresent()) {
                    return Answer.refusal(refused.get());
                }
            }
            outcome = OnBehalf.of(admitted.who(), () -> ask(path, request.getMethod(), body));
        } catch (DamagedRequestException e) {
            return Answer.refusal(
                    400, String.valueOf(e.getMessage()), "send such as " + example(path));
        }
        LOG.info(
                "{} was asked for by {}: {}, {}",
                path,
                admitted.who(),
                outcome.verdict(),
                outcome.message());
        return new Answer(outcome.verdict().httpStatus(), outcome.reply());
    }

    private ActionOutcome ask(String path, String method, byte[] body)
            throws DamagedRequestException {
        if (HttpMethod.DELETE.is(method)) {
            // only a scheduled switchover is taken back
            return node.operations().cancelSwitchover(null);
        }
        return switch (path) {
            case "/config" ->
                    node.operations()
                            .changeConfig(ConfigChangeJson.read(body, HttpMethod.PUT.is(method)));
            case "/switchover" -> switchover(ApiJson.readRequest(body, SwitchoverRequest.class));
            case "/failover" -> node.failover(ApiJson.readRequest(body, FailoverRequest.class));
            case "/restart" ->
                    node.restart(ApiJson.readRequest(orEmpty(body), RestartRequest.class));
            case "/reinitialize" ->
                    node.reinitialize(
                            ApiJson.readRequest(orEmpty(body), ReinitializeRequest.class));
            case "/adopt" -> node.adopt(ApiJson.readRequest(orEmpty(body), AdoptRequest.class));
            case "/remove" -> node.remove(ApiJson.readRequest(body, RemoveRequest.class));
            case "/leave" -> node.leave(ApiJson.readRequest(orEmpty(body), RemoveRequest.class));
            case "/pause" -> node.operations().pause(ApiJson.readRequest(body, PauseRequest.class));
            default -> node.operations().resume(ApiJson.readRequest(body, PauseRequest.class));
        };
    }

    private ActionOutcome switchover(SwitchoverRequest request) {
        return request.scheduledAt() == null
                ? node.switchover(request)
                : node.operations().planSwitchover(request);
    }

    /// Where every field may be left out, so may the braces, as with Patroni.
    private static byte[] orEmpty(byte[] body) {
        return body.length == 0 ? "{}".getBytes(StandardCharsets.UTF_8) : body;
    }

    private static String example(String path) {
        return switch (path) {
            case "/switchover" -> "{\"candidate\":\"n2\"}";
            case "/failover" -> "{\"candidate\":\"n2\",\"allowDataLoss\":false}";
            case "/remove" -> "{\"node\":\"n3\"}";
            case "/leave" -> "{}";
            case "/config" -> "{\"postgres\":{\"parameters\":{\"work_mem\":\"64MB\"}}}";
            case "/restart" -> "{} or {\"restart_pending\":true}";
            case "/adopt" -> "{\"dry_run\":true} or {\"member\":\"n1\"}";
            case "/reinitialize" -> "{} or {\"member\":\"n2\"}";
            case "/pause" -> "{\"by\":\"alice\",\"why\":\"new disks\"}";
            default -> "{\"by\":\"alice\"}";
        };
    }

    /// A page in a browser must not be able to move the primary with its user's certificate: it
    /// cannot leave out its origin, nor send JSON without asking first.
    private static Optional<Answer> stranger(Request request) {
        if (request.getHeaders().contains(HttpHeader.ORIGIN)) {
            return Optional.of(
                    Answer.refusal(
                            403,
                            "a web page may not change the cluster",
                            "use the howdah command"));
        }
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        // a page cannot leave its origin out of a DELETE either, and a DELETE has no body to
        // declare
        boolean json =
                HttpMethod.DELETE.is(request.getMethod())
                        || (type != null
                                && type.split(";", 2)[0]
                                        .strip()
                                        .equalsIgnoreCase("application/json"));
        return json
                ? Optional.empty()
                : Optional.of(
                        Answer.refusal(
                                415,
                                "the body is not declared as JSON",
                                "send the header Content-Type: application/json"));
    }
}
