package io.howdah.node;

import io.howdah.cluster.agent.Agent;
import io.howdah.cluster.agent.AgentSettings;
import io.howdah.cluster.deadman.SwitchFiles;
import io.howdah.cluster.deadman.SwitchKeeper;
import io.howdah.cluster.deadman.SwitchLaunch;
import io.howdah.cluster.deadman.WatchdogOrder;
import io.howdah.cluster.lease.BootClock;
import io.howdah.cluster.lease.ExpiryProposer;
import io.howdah.cluster.lease.LeaseTerms;
import io.howdah.cluster.lease.LinuxBootClock;
import io.howdah.cluster.member.ManagedPostgres;
import io.howdah.cluster.member.ManagedSettings;
import io.howdah.cluster.state.ClusterDocument;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.step.Steps;
import io.howdah.consensus.Store;
import io.howdah.consensus.StoreSettings;
import io.howdah.consensus.Transport;
import io.howdah.consensus.ratis.MendingStore;
import io.howdah.node.api.ApiServer;
import io.howdah.node.authority.Credentials;
import io.howdah.node.authority.KeyMaterial;
import io.howdah.node.authority.KeyUpkeep;
import io.howdah.node.backup.BackupBeside;
import io.howdah.node.backup.LeadersFile;
import io.howdah.node.beside.BesideCommands;
import io.howdah.node.callback.RoleCallback;
import io.howdah.node.configuration.NodeAddress;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.PostgresConfiguration;
import io.howdah.node.proxy.ProxyBeside;
import io.howdah.postgres.SystemId;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One running node: the parts, wired by hand in this one place. `close` stops PostgreSQL in order
/// and leaves; `leave` lets it run on.
public final class Node implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    /// How long the lease stands for a restart of the agent: some times what a start takes on a
    /// busy machine, and no more, as a host that is lost meanwhile is missed only afterwards.
    private static final Duration RESTART_GRACE = Duration.ofSeconds(20);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private @Nullable Agent agent;
    private @Nullable FurloughFile furlough;
    private volatile @Nullable ProxyBeside proxy;
    private @Nullable BackupBeside worker;

    private Node() {}

    /// Starts a node; returns when its API answers. What it does from then on it does by itself.
    ///
    /// @param version of Howdah, for status
    /// @param commands what runs beside this node, where the configuration asks for it
    /// @throws RuntimeException when it cannot start, with a fact and a HINT: a port in use, a
    ///   damaged directory
    public static Node start(
            NodeConfiguration configuration, String version, BesideCommands commands) {
        return start(configuration, version, Steps.UNWATCHED, commands);
    }

    /// As above, with nothing beside it, for a test that ends the process at a step.
    ///
    /// @param steps hears how far each act has come
    public static Node start(NodeConfiguration configuration, String version, Steps steps) {
        return start(configuration, version, steps, BesideCommands.NONE);
    }

    private static Node start(
            NodeConfiguration configuration, String version, Steps steps, BesideCommands commands) {
        Node node = new Node();
        try {
            node.wire(configuration, version, steps, commands);
            return node;
        } catch (RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private void wire(
            NodeConfiguration configuration, String version, Steps steps, BesideCommands commands) {
        NodeName self = new NodeName(configuration.node());
        LeaseTerms terms = new LeaseTerms(configuration.lease());
        BootClock clock = new LinuxBootClock();
        AtomicReference<@Nullable Store<ClusterState, Command>> agreed = new AtomicReference<>();
        Optional<KeyMaterial> keys = NodeKeys.load(configuration, AgreedRemovals.of(agreed::get));
        keys.ifPresent(material -> upkeep(configuration, material));
        Credentials credentials = keys.map(Credentials::of).orElse(Credentials.none());
        MemberAddresses addresses =
                opened(
                        new MemberAddresses(
                                InetAddress::getAllByName,
                                () -> hosts(configuration, agreed.get())));
        @Nullable ManagedSettings postgres =
                PostgresOfNode.settings(configuration, keys, addresses);
        var introductions = new HttpIntroductions(configuration, credentials);
        LeadersFile leaders =
                LeadersFile.before(configuration, configuration.directory().resolve("consensus"));
        Store<ClusterState, Command> store =
                opened(
                        MendingStore.open(
                                storeSettings(configuration, keys),
                                new ClusterDocument(),
                                introductions));
        agreed.set(store);
        opened(store.watch(seen -> leaders.changed(seen.state())));
        addresses.start();
        Thread.ofVirtual().name("greeting").start(introductions::greet);
        ClusterChanges changes = new ClusterChanges(store);
        var membership = new MembershipChanges(configuration, store, changes, credentials);
        NodeStatus status;
        if (postgres == null) {
            opened(new Witness(self, witness(configuration), store)).start();
            opened(new ExpiryProposer(self, store, terms, clock)).start();
            status =
                    new NodeStatus(
                            configuration,
                            version,
                            store,
                            changes,
                            membership,
                            clock,
                            this::proxyAddress,
                            keys.orElse(null),
                            null);
        } else {
            Optional<RoleCallback> callback = callback(configuration);
            WakeUp wakeUp = new WakeUp();
            ManagedPostgres managed = opened(new ManagedPostgres(postgres, wakeUp, steps));
            var switchFiles = new SwitchFiles(configuration.directory());
            SwitchKeeper deadMan =
                    opened(
                            new SwitchKeeper(
                                    new SwitchLaunch(
                                            switchFiles,
                                            managed.dataDirectory(),
                                            watchdog(configuration, terms))));
            deadMan.start();
            Agent loop =
                    opened(
                            new Agent(
                                    agentSettings(configuration, self, terms),
                                    managed,
                                    store,
                                    clock,
                                    steps,
                                    deadMan));
            wakeUp.wakes(loop);
            callback.ifPresent(told -> loop.observe(new RoleWatch(told, loop)::seen));
            status =
                    new NodeStatus(
                            configuration,
                            version,
                            store,
                            changes,
                            membership,
                            clock,
                            this::proxyAddress,
                            keys.orElse(null),
                            new NodeStatus.Postgres(
                                    loop,
                                    managed,
                                    new LocalChanges(self, store, changes, loop, managed),
                                    new LocalAdoption(
                                            self,
                                            awaited(configuration),
                                            store,
                                            loop,
                                            managed.adoption()),
                                    postgres.installation().version()));
            opened(new PostgresLogKeeper(PostgresOfNode.boundedLog(configuration))).start();
            var file = new FurloughFile(configuration.directory());
            loop.start(file.take());
            agent = loop;
            furlough = file;
        }
        ApiServer api =
                opened(
                        new ApiServer(
                                configuration.self().host(),
                                configuration.self().apiPort(),
                                status,
                                keys.orElse(null),
                                configuration.api()));
        api.start();
        if (configuration.backup() != null && !commands.backupWorker().isEmpty()) {
            worker = opened(new BackupBeside(configuration, version, commands.backupWorker()));
            worker.start();
        }
        if (configuration.proxy() != null && !commands.proxy().isEmpty()) {
            runProxy(
                    new ProxyBeside(
                            configuration, version, commands.proxy(), status::leadershipHere),
                    store);
        }
        LOG.info(
                "node {} of cluster {} answers at {}",
                self,
                configuration.cluster(),
                configuration.apiUrl(configuration.self()));
    }

    /// Closed first, so that transactions end before PostgreSQL does.
    private void runProxy(ProxyBeside beside, Store<ClusterState, Command> store) {
        opened(beside).start();
        opened(store.watch(_ -> beside.changed()));
        proxy = beside;
    }

    private @Nullable String proxyAddress() {
        ProxyBeside beside = proxy;
        return beside == null ? null : beside.listening();
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    /// Closed after the agent, so that the end of PostgreSQL is told too.
    private Optional<RoleCallback> callback(NodeConfiguration configuration) {
        List<String> program = configuration.callbacks().onRoleChange();
        if (program.isEmpty()) {
            return Optional.empty();
        }
        RoleCallback callback =
                opened(new RoleCallback(program, configuration.cluster(), configuration.node()));
        callback.start();
        return Optional.of(callback);
    }

    private void upkeep(NodeConfiguration configuration, KeyMaterial keys) {
        opened(new KeyUpkeep(keys, configuration.self().host(), InstantSource.system())).start();
    }

    private static StoreSettings storeSettings(
            NodeConfiguration configuration, Optional<KeyMaterial> keys) {
        NodeAddress address = configuration.self();
        return StoreSettings.of(
                        configuration.cluster(),
                        configuration.node(),
                        configuration.directory().resolve("consensus"),
                        address.host(),
                        address.consensusPort(),
                        List.copyOf(configuration.nodes().keySet()))
                .withTransport(
                        keys.<Transport>map(material ->
                                        new Transport.MutualTls(
                                                material.keyManager(),
                                                material.peerTrust(),
                                                new PeerRemovals(material, InstantSource.system())))
                                .orElse(new Transport.Plain()));
    }

    private static AgentSettings agentSettings(
            NodeConfiguration configuration, NodeName self, LeaseTerms terms) {
        NodeAddress address = configuration.self();
        Integer port = address.postgresPort();
        if (port == null) {
            throw new IllegalStateException(self + " has no postgres-port");
        }
        return new AgentSettings(
                self,
                address.host(),
                port,
                address.apiPort(),
                tags(configuration),
                terms,
                awaited(configuration).orElse(null),
                FirstSettings.of(configuration));
    }

    private static @Nullable WatchdogOrder watchdog(
            NodeConfiguration configuration, LeaseTerms terms) {
        Path device = configuration.watchdog().device();
        return switch (configuration.watchdog().mode()) {
            case OFF -> null;
            case AUTOMATIC -> WatchdogOrder.of(device, terms, false);
            case REQUIRED -> WatchdogOrder.of(device, terms, true);
        };
    }

    private static Optional<SystemId> awaited(NodeConfiguration configuration) {
        return Optional.ofNullable(configuration.postgres())
                .map(PostgresConfiguration::systemIdentifier);
    }

    private static Member witness(NodeConfiguration configuration) {
        NodeAddress address = configuration.self();
        return new Member(null, address.host(), 0, address.apiPort(), true, tags(configuration));
    }

    private static Member.Tags tags(NodeConfiguration configuration) {
        String zone = configuration.tags().zone();
        return new Member.Tags(
                configuration.tags().nofailover(),
                configuration.tags().failoverPriority(),
                zone == null ? "" : zone,
                configuration.tags().nosync(),
                configuration.tags().clonefrom());
    }

    /// The hosts of the nodes that are configured, and of those that have reported since; without
    /// those that were taken out, whatever howdah.yaml still says.
    private static Set<String> hosts(
            NodeConfiguration configuration, @Nullable Store<ClusterState, Command> store) {
        Set<String> hosts = new TreeSet<>();
        ClusterState state = store == null ? ClusterState.INITIAL : store.seen().state();
        configuration
                .nodes()
                .forEach((name, node) -> {
                    if (!state.isGone(new NodeName(name))) {
                        hosts.add(node.host());
                    }
                });
        state.members().values().forEach(member -> hosts.add(member.host()));
        return hosts;
    }

    /// Leaves PostgreSQL as it runs, for the next start of this node to take over; nobody else
    /// leads meanwhile, if it comes within some seconds. To be called instead of `close`.
    public void leave() {
        Agent loop = agent;
        FurloughFile file = furlough;
        if (loop != null && file != null) {
            OptionalLong mayLeadUntil = loop.leave(RESTART_GRACE);
            mayLeadUntil.ifPresent(file::write);
            if (proxy != null) {
                proxy.leave(mayLeadUntil);
            }
            if (worker != null) {
                worker.leave();
            }
        }
        close();
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                LOG.warn("did not close in order: {}", e.getMessage());
            }
        }
    }

    /// PostgreSQL's end wakes the agent, which is made after PostgreSQL.
    private static final class WakeUp implements Runnable {
        private volatile @Nullable Agent agent;

        void wakes(Agent woken) {
            agent = woken;
        }

        @Override
        public void run() {
            Agent woken = agent;
            if (woken != null) {
                woken.wake();
            }
        }
    }
}
