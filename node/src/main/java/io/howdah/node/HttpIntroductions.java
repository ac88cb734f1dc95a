package io.howdah.node;

import io.howdah.consensus.Introduction;
import io.howdah.consensus.Introductions;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiException;
import io.howdah.node.authority.Credentials;
import io.howdah.node.configuration.NodeAddress;
import io.howdah.node.configuration.NodeConfiguration;
import java.net.URI;
import java.util.List;
import java.util.Optional;
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
            return Optional.of(JSON.readValue(answer, Introduction.class));
        } catch (ApiException | JacksonException e) {
            LOG.debug("{} did not introduce itself: {}", nodeName, e.getMessage());
            return Optional.empty();
        }
    }

    static String write(Introduction introduction) {
        return JSON.writeValueAsString(introduction);
    }
}
