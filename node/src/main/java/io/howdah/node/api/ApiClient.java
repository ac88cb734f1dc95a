package io.howdah.node.api;

import io.howdah.node.authority.Credentials;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Asks a cluster through any of its nodes: the addresses are tried in their order until one
/// answers. Holds no connection and no thread; thread-safe.
///
/// Reading tries the next node whenever one does not answer. A change is sent once, to the first
/// node that answers a question before it; it is never repeated, because a node that does not
/// answer may still be carrying it out.
public final class ApiClient {

    /// How long a node may take to accept a connection.
    static final int CONNECT_MILLIS = 500;

    /// How long a node may take to answer about itself.
    static final int PROBE_MILLIS = 1_000;

    /// How long a node may take for the whole cluster: it waits up to 700 ms for the others.
    static final int READ_MILLIS = 2_500;

    /// How long a node may take while there is another to ask.
    static final int HURRY_MILLIS = 1_200;

    /// How long a switchover or a failover may take; the node itself gives up earlier.
    static final int CHANGE_MILLIS = 90_000;

    private final List<URI> nodes;
    private final Credentials credentials;

    /// Without credentials, for a cluster on one machine.
    ///
    /// @param nodes base URLs, such as `http://127.0.0.1:6531`; at least one
    /// @throws IllegalArgumentException when there is none, or one is not a URL of a node
    public ApiClient(List<URI> nodes) {
        this(nodes, Credentials.none());
    }

    /// @param nodes base URLs, such as `https://127.0.0.1:6531`; at least one
    /// @param credentials what to show, over https only, and whom to believe
    /// @throws IllegalArgumentException when there is none, or one is not a URL of a node
    public ApiClient(List<URI> nodes, Credentials credentials) {
        this.credentials = credentials;
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("no node's address was given");
        }
        this.nodes = nodes.stream().map(ApiClient::base).toList();
    }

    /// [#of(String, Credentials)] without credentials.
    ///
    /// @throws IllegalArgumentException when one is not an address
    public static ApiClient of(String commaSeparated) {
        return of(commaSeparated, Credentials.none());
    }

    /// Reads a list as the command line and `HOWDAH_API` give it: URLs, or `host:port`, with
    /// commas. Without a scheme it is https where there are credentials, else http.
    ///
    /// @throws IllegalArgumentException when one is not an address
    public static ApiClient of(String commaSeparated, Credentials credentials) {
        var nodes = new ArrayList<URI>();
        for (String part : commaSeparated.split(",", -1)) {
            String text = part.strip();
            if (!text.isEmpty()) {
                nodes.add(address(text, credentials));
            }
        }
        return new ApiClient(nodes, credentials);
    }

    /// The same caller, asking one node.
    ///
    /// @param url as a member's status names it
    /// @throws IllegalArgumentException when it is not an address
    public ApiClient at(String url) {
        return of(url, credentials);
    }

    /// The whole cluster, asked live by the node that answers. One that knows of no leader may be
    /// cut off from the others: they are asked as well, and who knows of one is believed.
    ///
    /// @throws NodeUnreachableException when no node answers
    /// @throws RefusedException when a node answers that it cannot say
    public ClusterStatus cluster() {
        HttpAnswer answer = ask("/cluster", READ_MILLIS);
        ClusterStatus first = parse(answer, ClusterStatus.class);
        return first.leader() == null ? withLeader(after(answer.node())).orElse(first) : first;
    }

    private List<URI> after(URI node) {
        return nodes.subList(nodes.indexOf(node) + 1, nodes.size());
    }

    private Optional<ClusterStatus> withLeader(List<URI> others) {
        for (URI node : others) {
            try {
                var alone = new ApiClient(List.of(node), credentials);
                ClusterStatus status =
                        parse(alone.ask("/cluster", HURRY_MILLIS), ClusterStatus.class);
                if (status.leader() != null) {
                    return Optional.of(status);
                }
            } catch (ApiException e) {
                // what was answered first stands
            }
        }
        return Optional.empty();
    }

    /// What the first node that answers says about itself.
    ///
    /// @throws NodeUnreachableException when no node answers
    public MemberStatus node() {
        return read("/node", PROBE_MILLIS, MemberStatus.class);
    }

    /// Who leads, as the first node that answers last saw it.
    ///
    /// @throws NodeUnreachableException when no node answers
    /// @throws RefusedException when it does not say so to this caller
    public LeadershipReport leadership() {
        return read("/leadership", PROBE_MILLIS, LeadershipReport.class);
    }

    /// All changes of the primary, the oldest first.
    ///
    /// @throws NodeUnreachableException when no node answers
    public List<HistoryRow> history() {
        return List.of(read("/history", READ_MILLIS, HistoryRow[].class));
    }

    /// How the first node that answers introduces itself to a consensus, as opaque JSON.
    ///
    /// @throws NodeUnreachableException when no node answers
    public String introduction() {
        return ask("/consensus", PROBE_MILLIS).body();
    }

    /// Asks for it, waits until it is done or refused, and returns what was done.
    ///
    /// @throws RefusedException when the cluster refuses, or could not do it
    /// @throws NodeUnreachableException when no node answers, or the outcome is not known
    public ActionReply switchover(SwitchoverRequest request) {
        return change("/switchover", request);
    }

    /// Asks for it, waits until it is done or refused, and returns what was done.
    ///
    /// @throws RefusedException when the cluster refuses, or could not do it
    /// @throws NodeUnreachableException when no node answers, or the outcome is not known
    public ActionReply failover(FailoverRequest request) {
        return change("/failover", request);
    }

    /// Asks the first node that answers to restart its PostgreSQL, and waits until it serves again.
    ///
    /// @throws RefusedException when it refuses, or could not do it
    /// @throws NodeUnreachableException when no node answers, or the outcome is not known
    public ActionReply restart(RestartRequest request) {
        return change("/restart", request);
    }

    /// Asks the first node that answers to copy its data anew, and waits until that begins.
    ///
    /// @throws RefusedException when it refuses, or could not do it
    /// @throws NodeUnreachableException when no node answers, or the outcome is not known
    public ActionReply reinitialize(ReinitializeRequest request) {
        return change("/reinitialize", request);
    }

    /// Asks the first node that answers to adopt the database in its data directory, or what that
    /// would do, and waits for it.
    ///
    /// @throws RefusedException when it refuses, or could not do it
    /// @throws NodeUnreachableException when no node answers, or the outcome is not known
    public ActionReply adopt(AdoptRequest request) {
        return change("/adopt", request);
    }

    /// Takes a member out of the cluster.
    ///
    /// @throws RefusedException when the cluster refuses, or could not do it
    /// @throws NodeUnreachableException when no node answers, or the outcome is not known
    public ActionReply remove(RemoveRequest request) {
        return change("/remove", request);
    }

    /// Has the node that is asked leave the cluster.
    ///
    /// @throws RefusedException when it refuses, or could not do it
    /// @throws NodeUnreachableException when it does not answer, or the outcome is not known
    public ActionReply leave(RemoveRequest request) {
        return change("/leave", request);
    }

    /// Pauses the cluster.
    ///
    /// @throws RefusedException when the cluster refuses
    /// @throws NodeUnreachableException when no node answers, or the outcome is not known
    public ActionReply pause(PauseRequest request) {
        return change("/pause", request);
    }

    /// Ends the pause.
    ///
    /// @throws RefusedException when the cluster refuses
    /// @throws NodeUnreachableException when no node answers, or the outcome is not known
    public ActionReply resume(PauseRequest request) {
        return change("/resume", request);
    }

    /// Gives a scheduled switchover up.
    ///
    /// @throws RefusedException when there is none
    /// @throws NodeUnreachableException when no node answers, or the outcome is not known
    public ActionReply cancelSwitchover() {
        return change("DELETE", "/switchover", Map.of());
    }

    /// The cluster's configuration.
    ///
    /// @throws NodeUnreachableException when no node answers
    /// @throws RefusedException when there is none yet
    public ConfigDocument config() {
        return read("/config", READ_MILLIS, ConfigDocument.class);
    }

    /// Changes keys of the configuration, or all of it.
    ///
    /// @throws RefusedException when it cannot work, or another has changed it meanwhile
    /// @throws NodeUnreachableException when no node answers, or the outcome is not known
    public ActionReply changeConfig(ConfigChange change) {
        // the JDK's client has no PATCH: a node reads POST as the same
        return change(change.replace() ? "PUT" : "POST", "/config", ConfigChangeJson.write(change));
    }

    private <T> T read(String path, int answerMillis, Class<T> type) {
        HttpAnswer answer = ask(path, answerMillis);
        return parse(answer, type);
    }

    /// An answer and the node that gave it.
    private record HttpAnswer(URI node, int status, String body) {}

    private HttpAnswer ask(String path, int answerMillis) {
        var failures = new ArrayList<String>();
        IOException latest = null;
        boolean answered = false;
        for (URI node : nodes) {
            boolean last = failures.size() == nodes.size() - 1;
            int patienceMillis = last ? answerMillis : Math.min(answerMillis, HURRY_MILLIS);
            try {
                HttpCall.Answer answer =
                        new HttpCall(
                                        node.resolve(path),
                                        null,
                                        credentials,
                                        CONNECT_MILLIS,
                                        patienceMillis)
                                .send();
                if (answer.status() == 200) {
                    return new HttpAnswer(node, 200, answer.body());
                }
                throw refusal(node, answer);
            } catch (IOException e) {
                latest = e;
                answered |= HandshakeFailure.is(e);
                failures.add(node + " (" + reason(e) + ")");
            }
        }
        if (answered) {
            throw new UntrustedNodeException(
                    "cannot trust "
                            + (nodes.size() == 1 ? "" : "any node: ")
                            + String.join(", ", failures),
                    "use the credentials of that cluster: --credentials DIR, with the authority.crt"
                            + " that its `howdah init` made",
                    latest);
        }
        throw new NodeUnreachableException(
                "cannot reach "
                        + (nodes.size() == 1 ? "" : "any node: ")
                        + String.join(", ", failures),
                nodes.stream().anyMatch(node -> "http".equals(node.getScheme()))
                                && failures.toString().contains("unexpected end of file")
                        ? "what ends the connection at once may speak https: --api https://HOST:PORT"
                                + " --credentials DIR"
                        : "check that `howdah node` runs there, or name other nodes with --api URL[,URL...]",
                latest);
    }

    private ActionReply change(String path, Object request) {
        return change("POST", path, request);
    }

    private ActionReply change(String method, String path, Object request) {
        URI node = nodeForChange();
        try {
            HttpCall.Answer answer =
                    new HttpCall(
                                    node.resolve(path),
                                    method,
                                    ApiJson.write(request),
                                    credentials,
                                    CONNECT_MILLIS,
                                    CHANGE_MILLIS)
                            .send();
            if (answer.status() / 100 != 2) {
                throw refusal(node, answer);
            }
            return parse(new HttpAnswer(node, answer.status(), answer.body()), ActionReply.class);
        } catch (HttpCall.NotConnectedException e) {
            throw new NodeUnreachableException(
                    "cannot reach " + node + " (" + reason(e) + "); nothing was asked of it",
                    "try again",
                    e);
        } catch (IOException e) {
            throw new NodeUnreachableException(
                    node + " was asked, but did not answer (" + reason(e) + ")",
                    "it may still be done: look at `howdah status` before trying again",
                    e);
        }
    }

    /// The first node that answers; but where that one is cut off from the others, the first that
    /// is not: only there can anything be agreed.
    private URI nodeForChange() {
        HttpAnswer first = ask("/node", PROBE_MILLIS);
        return isCutOff(first) ? connected(after(first.node())).orElse(first.node()) : first.node();
    }

    private static boolean isCutOff(HttpAnswer answer) {
        return parse(answer, MemberStatus.class).cutOff();
    }

    private Optional<URI> connected(List<URI> others) {
        for (URI node : others) {
            try {
                var alone = new ApiClient(List.of(node), credentials);
                if (!isCutOff(alone.ask("/node", HURRY_MILLIS))) {
                    return Optional.of(node);
                }
            } catch (ApiException e) {
                // the next one may answer
            }
        }
        return Optional.empty();
    }

    private static <T> T parse(HttpAnswer answer, Class<T> type) {
        try {
            return ApiJson.read(answer.body(), type);
        } catch (IllegalArgumentException e) {
            throw notHowdah(answer.node(), answer.status(), e);
        }
    }

    private static ApiException refusal(URI node, HttpCall.Answer answer) {
        try {
            ActionReply reply = ApiJson.read(answer.body(), ActionReply.class);
            return new RefusedException(answer.status(), reply.message(), reply.hint());
        } catch (IllegalArgumentException e) {
            return notHowdah(node, answer.status(), e);
        }
    }

    private static NodeUnreachableException notHowdah(
            URI node, int status, IllegalArgumentException cause) {
        return new NodeUnreachableException(
                node + " answers (HTTP status " + status + "), but not as a Howdah node",
                "check the address and the port: a node's api-port stands in its howdah.yaml",
                cause);
    }

    private static String reason(IOException e) {
        return HandshakeFailure.is(e)
                ? HandshakeFailure.reason(e)
                : e.getMessage() == null
                        ? e.getClass().getSimpleName()
                        : e.getMessage().toLowerCase(Locale.ROOT);
    }

    private static URI address(String text, Credentials credentials) {
        try {
            return URI.create(
                    text.contains("://")
                            ? text
                            : (credentials.present() ? "https://" : "http://") + text);
        } catch (IllegalArgumentException e) {
            throw notAnAddress(text, e);
        }
    }

    private static URI base(URI node) {
        boolean whole = List.of("", "/").contains(String.valueOf(node.getPath()));
        boolean web = "http".equals(node.getScheme()) || "https".equals(node.getScheme());
        if (!web || node.getHost() == null || !whole) {
            throw notAnAddress(node.toString(), null);
        }
        return node.resolve("/");
    }

    private static IllegalArgumentException notAnAddress(
            String text, @Nullable IllegalArgumentException cause) {
        return new IllegalArgumentException(
                "not the address of a node's API: '"
                        + text
                        + "' (expected such as http://127.0.0.1:6531)",
                cause);
    }
}
