package io.howdah.cli.init;

import io.howdah.node.authority.CertificateAuthority;
import io.howdah.node.configuration.NodeConfigurationFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Renews the certificates that lie in a cluster's directory. The keys stay as they are, so only
/// certificates have to be copied.
public final class Renewal {

    private final ClusterDirectory directory;

    /// @param directory with an authority
    public Renewal(ClusterDirectory directory) {
        this.directory = directory;
    }

    /// Renews all of them.
    ///
    /// @return the certificates that are new
    public List<Path> renew(Instant now) {
        CertificateAuthority authority = directory.authority();
        var renewed = new ArrayList<Path>();
        for (String node : directory.nodes()) {
            Path certificate = directory.secrets(node).resolve("node.crt");
            if (Files.exists(certificate)) {
                Path yaml = directory.node(node).resolve("howdah.yaml");
                String host = NodeConfigurationFile.read(yaml).self().host();
                authority.renew(certificate, List.of(host, node), now);
                renewed.add(certificate);
            }
        }
        for (Path client : clients()) {
            Path certificate = client.resolve("client.crt");
            if (Files.exists(certificate)) {
                authority.renew(certificate, List.of(), now);
                renewed.add(certificate);
            }
        }
        return renewed;
    }

    private List<Path> clients() {
        var clients = new ArrayList<Path>(List.of(directory.admin()));
        Path folder = directory.path().resolve("clients");
        if (Files.isDirectory(folder)) {
            try (Stream<Path> entries = Files.list(folder)) {
                entries.sorted().forEach(clients::add);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot look into " + folder, e);
            }
        }
        return clients;
    }
}
