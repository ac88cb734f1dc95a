package io.howdah.node;

import io.howdah.consensus.Introduction;
import io.howdah.consensus.Introductions;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiException;
import io.howdah.node.api.RefusedException;
import io.howdah.node.authority.Credentials;
import io.howdah.node.configuration.NodeAddress;
import io.howdah.node.configuration.NodeConfiguration;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Asks the other nodes of the configuration over their API who they are in consensus. Thread-safe.
final class HttpIntroductions implements Introductions {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Logger LOG = LoggerFactory.getLogger(HttpIntroductions.class);

    private final NodeConfiguration configuration;
    private final Credentials credentials;

    /// What each node said last when it refused to answer; said once.
    private final Map<String, String> refusals = new ConcurrentHashMap<>();

    /// @param credentials what this node shows the others
    HttpIntroductions(NodeConfiguration configuration, Credentials credentials) {
        this.credentials = credentials;
        this.configuration = configuration;
    }

    @Override
    public Optional<Introduction> ask(String nodeName) {
        NodeAddress address = configuration.nodes().get(nodeName);
        if (address == null) {
            return Optional.empty();
        }
        try {
            String answer =
                    new ApiClient(List.of(URI.create(configuration.apiUrl(address))), credentials)
                            .introduction();
            refusals.remove(nodeName);
            return Optional.of(JSON.readValue(answer, Introduction.class));
        } catch (RefusedException e) {
            if (!e.fact().equals(refusals.put(nodeName, e.fact()))) {
                LOG.warn(
                        "{} refuses to talk to this node: {} (HINT: {})",
                        nodeName,
                        e.fact(),
                        e.hint());
            }
            return Optional.empty();
        } catch (ApiException | JacksonException e) {
            LOG.debug("{} did not introduce itself: {}", nodeName, e.getMessage());
            return Optional.empty();
        }
    }

    /// Asks all others once: whoever refuses says why, and that is logged. A node that was taken
    /// out while it was away learns of it by nothing else.
    void greet() {
        for (String name : configuration.nodes().keySet()) {
            if (!name.equals(configuration.node())) {
                ask(name);
            }
        }
    }

    static String write(Introduction introduction) {
        return JSON.writeValueAsString(introduction);
    }
}
