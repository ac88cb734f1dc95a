package io.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.cli.init.Made;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ApiJson;
import io.howdah.node.api.ApiServer;
import io.howdah.node.api.RefusedException;
import io.howdah.node.api.SwitchoverRequest;
import io.howdah.node.api.UntrustedNodeException;
import io.howdah.node.authority.CertificateAuthority;
import io.howdah.node.authority.CredentialException;
import io.howdah.node.authority.Credentials;
import io.howdah.node.authority.KeyMaterial;
import io.howdah.node.authority.OwnerFile;
import io.howdah.node.authority.Role;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.NodeConfigurationFile;
import io.howdah.node.configuration.PostgresConfiguration;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What `howdah init` makes, tried on the API of a node that was given its own directory.
class InitCommandTest {

    @TempDir private Path folder;
    private Path made;
    private final StringWriter errors = new StringWriter();

    @BeforeEach
    void init() {
        made = folder.resolve("orders");
        assertThat(
                        run(
                                "init",
                                "--cluster",
                                "orders",
                                "--node",
                                "n1=127.0.0.1",
                                "--node",
                                "n2=127.0.0.2",
                                "--witness",
                                "w1=127.0.0.3",
                                "--database",
                                "shop",
                                "--output",
                                made.toString()))
                .as(errors.toString())
                .isZero();
    }

    private int run(String... arguments) {
        CommandLine howdah = Howdah.commandLine();
        howdah.setErr(new PrintWriter(errors, true));
        return howdah.execute(arguments);
    }

    private NodeConfiguration configuration(String node) {
        return NodeConfigurationFile.read(made.resolve(node).resolve("howdah.yaml"));
    }

    /// Runs a test against the API of n1, given its address.
    private void withNode(Consumer<String> test) {
        NodeConfiguration n1 = configuration("n1");
        try (var server =
                new ApiServer(
                        "127.0.0.1",
                        0,
                        new TrainingNode(n1),
                        KeyMaterial.load(Objects.requireNonNull(n1.tls())),
                        n1.api())) {
            server.start();
            test.accept("127.0.0.1:" + server.port());
        }
    }

    private static ApiClient client(String api, Path credentials) {
        return new ClusterAddress(api, null, credentials).client(Map.of(), credentials);
    }

    @Test
    void everyNodeGetsItsOwnDirectoryAndSecretsAreClosed() throws IOException {
        for (String node : List.of("n1", "n2", "w1")) {
            NodeConfiguration configuration = configuration(node);
            assertThat(configuration.node()).isEqualTo(node);
            assertThat(configuration.cluster()).isEqualTo("orders");
            assertThat(configuration.nodes()).containsOnlyKeys("n1", "n2", "w1");
            KeyMaterial keys = KeyMaterial.load(Objects.requireNonNull(configuration.tls()));
            assertThat(keys.identity().name()).isEqualTo(node);
            assertThat(keys.isFor(configuration.self().host())).isTrue();
            assertThat(made.resolve(node).resolve("secrets/authority.key")).doesNotExist();
        }
        assertThat(configuration("w1").postgres()).isNull();
        assertThat(configuration("w1").proxy()).isNull();
        assertThat(Objects.requireNonNull(configuration("n1").proxy()).listen().getPort())
                .isEqualTo(6432);
        assertThat(Objects.requireNonNull(configuration("n1").postgres()).bootstrap()).isNotNull();
        assertThat(made.resolve("n1/secrets/rewind-password"))
                .hasSameTextualContentAs(made.resolve("n2/secrets/rewind-password"));
        try (Stream<Path> files = Files.walk(made)) {
            assertThat(
                            files.filter(Files::isRegularFile)
                                    .filter(file -> !file.toString().endsWith(".crt"))
                                    .filter(file -> !file.toString().endsWith(".yaml")))
                    .hasSizeGreaterThan(8)
                    .allSatisfy(file ->
                            assertThat(
                                            PosixFilePermissions.toString(
                                                    Files.getPosixFilePermissions(file)))
                                    .as("%s", file)
                                    .isEqualTo("rw-------"));
        }
    }

    @Test
    void whatIsThereIsNeverOverwritten() throws IOException {
        String before = Files.readString(made.resolve("authority/authority.crt"));
        assertThat(run("init", "--cluster", "other", "--node", "n1=a", "--output", made.toString()))
                .isEqualTo(1);
        assertThat(errors.toString()).contains("is not empty", "HINT: choose another --output");
        assertThat(made.resolve("authority/authority.crt")).hasContent(before);
        assertThat(run("init", "--cluster", "other")).isEqualTo(2);
        assertThat(run("init", "client", "--authority", made.toString(), "--name", "x"))
                .isEqualTo(2);
    }

    @Test
    void whatWasMadeIsSaidAsJsonWithoutASecret() throws IOException {
        String authority = made.toString();
        String node =
                printed(
                        "init",
                        "node",
                        "--authority",
                        authority,
                        "--name",
                        "n3=127.0.0.4",
                        "--json");
        assertThat(ApiJson.read(node, Made.Node.class))
                .isEqualTo(
                        new Made.Node(
                                "n3",
                                "127.0.0.4",
                                false,
                                "https://127.0.0.4:6531",
                                made.resolve("n3").toString()));
        String[] who = {"--authority", authority, "--name", "bob", "--role", "read", "--json"};
        Made.Token token = ApiJson.read(printed(concat("init", "token", who)), Made.Token.class);
        assertThat(token.lists()).hasSize(4);
        assertThat(token.toString()).doesNotContain(Files.readString(Path.of(token.token())));
        String[] whose = {"--authority", authority, "--name", "ann", "--role", "read", "--json"};
        assertThat(ApiJson.read(printed(concat("init", "client", whose)), Made.Client.class).role())
                .isEqualTo("read");
        String renewed = printed("init", "renew", "--authority", authority, "--json");
        assertThat(ApiJson.read(renewed, Made.Renewed.class).certificates())
                .contains(made.resolve("n3/secrets/node.crt").toString());
    }

    private static String[] concat(String first, String second, String... others) {
        return Stream.concat(Stream.of(first, second), Stream.of(others)).toArray(String[]::new);
    }

    private String printed(String... arguments) {
        PrintStream before = System.out;
        var bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            assertThat(run(arguments)).as(errors.toString()).isZero();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void databaseToAdoptStandsInEveryNodesFile() throws IOException {
        Path adopting = made.resolveSibling("adopting");
        String[] begin = {
            "init", "--cluster", "orders", "--node", "n1=127.0.0.1", "--node", "n2=localhost"
        };
        String[] options = {"--adopt", "7345000000000000001", "--output", adopting.toString()};
        assertThat(
                        run(
                                with(
                                        begin,
                                        with(
                                                options,
                                                "--data-directory",
                                                "n3=/var/lib/postgresql/15/main"))))
                .isEqualTo(2);
        assertThat(errors.toString()).contains("n3, which is no --node");
        assertThat(run(with(begin, with(options, "--database", "shop")))).isEqualTo(2);
        assertThat(run(with(begin, "--adopt", "main", "--output", adopting.toString())))
                .isEqualTo(2);

        assertThat(
                        run(
                                with(
                                        begin,
                                        with(
                                                options,
                                                "--data-directory",
                                                "n1=/var/lib/postgresql/15/main"))))
                .isZero();

        for (String node : List.of("n1", "n2")) {
            PostgresConfiguration postgres =
                    Objects.requireNonNull(
                            NodeConfigurationFile.read(adopting.resolve(node + "/howdah.yaml"))
                                    .postgres());
            assertThat(postgres.systemIdentifier()).hasToString("7345000000000000001");
            assertThat(postgres.dataDirectory())
                    .isEqualTo(node.equals("n1") ? Path.of("/var/lib/postgresql/15/main") : null);
        }
    }

    private static String[] with(String[] arguments, String... more) {
        return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void administratorOfTheDirectoryMayDoEverything() {
        withNode(api -> {
            assertThat(client(api, made.resolve("admin")).cluster().leader()).isEqualTo("n1");
            client(api, made.resolve("admin")).switchover(new SwitchoverRequest(null, null));
        });
    }

    @Test
    void clientMayDoWhatItsRoleSays() {
        assertThat(
                        run(
                                "init",
                                "client",
                                "--authority",
                                made.toString(),
                                "--name",
                                "bob",
                                "--role",
                                "read"))
                .isZero();
        withNode(api -> {
            var bob = client(api, made.resolve("clients/bob"));
            assertThat(bob.history()).isNotEmpty();
            assertThatThrownBy(() -> bob.switchover(new SwitchoverRequest(null, null)))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("this needs the role operate, and bob has read");
        });
    }

    @Test
    void tokenOpensTheNodesThatListIt() {
        withNode(api -> {
            assertThat(
                            run(
                                    "init",
                                    "token",
                                    "--authority",
                                    made.toString(),
                                    "--name",
                                    "ci",
                                    "--role",
                                    "operate"))
                    .isZero();
            var ci = client(api, made.resolve("clients/ci"));
            ci.switchover(new SwitchoverRequest(null, null));
        });
        assertThat(made.resolve("n2/secrets/tokens"))
                .hasSameTextualContentAs(made.resolve("w1/secrets/tokens"));
    }

    @Test
    void expiredCredentialsAreSaidToBe() {
        Path late = folder.resolve("late");
        CertificateAuthority authority =
                CertificateAuthority.read(
                        made.resolve("authority/authority.crt"),
                        made.resolve("authority/authority.key"));
        Credentials.write(
                late,
                authority.certificate(),
                authority.client(
                        "orders",
                        "ann",
                        Role.ADMIN,
                        Duration.ofDays(1),
                        Instant.now().minus(Duration.ofDays(9))));
        withNode(api -> {
            assertThat(run("status", "--api", api, "--credentials", late.toString())).isEqualTo(1);
            assertThat(errors.toString()).contains("the certificate of 'ann' expired at", "HINT: ");
        });
    }

    @Test
    void unknownAuthorityIsSaidToBe() {
        Path other = folder.resolve("other");
        run("init", "--cluster", "orders", "--node", "n1=127.0.0.1", "--output", other.toString());
        withNode(api -> {
            assertThatThrownBy(() -> client(api, other.resolve("admin")).cluster())
                    .isInstanceOf(UntrustedNodeException.class)
                    .hasMessageContaining("was not made by this cluster's authority")
                    .hasMessageContaining("HINT: use the credentials of that cluster");
            assertThat(
                            run(
                                    "status",
                                    "--api",
                                    api,
                                    "--credentials",
                                    other.resolve("admin").toString()))
                    .isEqualTo(1);
        });
    }

    @Test
    void missingOrOpenCredentialsAreRefused() throws IOException {
        withNode(api -> {
            assertThat(run("status", "--api", "https://" + api)).isEqualTo(1);
            assertThat(errors.toString()).contains("no credentials are named");
        });
        assertThatThrownBy(() -> client("a:1", folder.resolve("nowhere")))
                .isInstanceOf(CredentialException.class)
                .hasMessageContaining("HINT: name the directory");
        Path key = made.resolve("admin/client.key");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> client("a:1", made.resolve("admin")))
                .hasMessageContaining("HINT: chmod 600");
    }

    @Test
    void credentialsOfTheEnvironmentAreTaken() {
        withNode(api -> {
            var environment =
                    Map.of(
                            "HOWDAH_API",
                            api,
                            "HOWDAH_CREDENTIALS",
                            made.resolve("admin").toString());
            assertThat(new ClusterAddress(null, null, null).client(environment, folder).history())
                    .isNotEmpty();
        });
    }

    @Test
    void nodeThatIsAddedKnowsTheOthersAndTheirPasswords() {
        assertThat(run("init", "node", "--authority", made.toString(), "--name", "n4=127.0.0.4"))
                .as(errors.toString())
                .isZero();
        assertThat(configuration("n4").nodes()).containsOnlyKeys("n1", "n2", "w1", "n4");
        assertThat(made.resolve("n4/secrets/replication-password"))
                .hasSameTextualContentAs(made.resolve("n1/secrets/replication-password"));
        assertThat(run("init", "node", "--authority", made.toString(), "--name", "n4=127.0.0.4"))
                .isEqualTo(1);
    }

    @Test
    void renewalKeepsTheKeysAndChangesTheCertificates() throws IOException {
        String key = OwnerFile.readSecret(made.resolve("n1/secrets/node.key"));
        String certificate = Files.readString(made.resolve("n1/secrets/node.crt"));
        assertThat(run("init", "renew", "--authority", made.toString())).isZero();
        assertThat(OwnerFile.readSecret(made.resolve("n1/secrets/node.key"))).isEqualTo(key);
        assertThat(Files.readString(made.resolve("n1/secrets/node.crt"))).isNotEqualTo(certificate);
        withNode(api -> assertThat(client(api, made.resolve("admin")).history()).isNotEmpty());
    }
}
