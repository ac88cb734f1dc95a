package io.howdah.cli.demo;

import io.howdah.cli.init.ClusterDirectory;
import io.howdah.cli.init.NodeKeysSection;
import io.howdah.node.authority.CertificateAuthority;
import io.howdah.node.authority.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;

/// Gives a demo its authority, its nodes their keys and its user an administrator's credentials;
/// also a demo that was made when there were none. What is there is left alone, but for an
/// administrator's certificate that ends soon.
final class DemoKeys {

    private static final String CLUSTER = "demo";

    private final DemoSettings settings;
    private final ClusterDirectory directory;

    DemoKeys(DemoSettings settings) {
        this.settings = settings;
        this.directory = new ClusterDirectory(settings.nodesDirectory());
    }

    /// Makes what is missing. The nodes find the authority's key where it is, and renew their
    /// certificates by themselves.
    void complete(Instant now) throws IOException {
        CertificateAuthority authority =
                directory.hasAuthority()
                        ? directory.authority()
                        : directory.createAuthority(CLUSTER, now);
        for (int i = 1; i <= settings.nodes(); i++) {
            String node = "n" + i;
            Path secrets = directory.node(node).resolve("secrets");
            if (!Files.exists(secrets.resolve("node.crt"))) {
                directory.writeNodeKeys(
                        authority,
                        CLUSTER,
                        node,
                        settings.address(i),
                        CertificateAuthority.CERTIFICATE_LIFE,
                        now);
            }
            nameKeys(directory.node(node).resolve("howdah.yaml"), secrets);
        }
        Path admin = directory.admin();
        if (!Files.exists(admin.resolve("client.crt"))) {
            directory.writeClient(
                    authority,
                    CLUSTER,
                    "admin",
                    Role.ADMIN,
                    admin,
                    CertificateAuthority.CERTIFICATE_LIFE,
                    now);
        } else if (CertificateAuthority.isDue(admin.resolve("client.crt"), now)) {
            authority.renew(admin.resolve("client.crt"), List.of(), now);
        }
    }

    private void nameKeys(Path yaml, Path secrets) throws IOException {
        String text = Files.readString(yaml);
        if (!DemoFiles.hasSection(yaml, "tls")) {
            String section =
                    NodeKeysSection.tls(secrets.toString(), directory.authorityKey().toString());
            if (!DemoFiles.hasSection(yaml, "api")) {
                section += NodeKeysSection.api(secrets.toString());
            }
            Path next = yaml.resolveSibling("howdah.yaml.new");
            Files.writeString(next, text.stripTrailing() + "\n" + section);
            Files.move(next, yaml, StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
