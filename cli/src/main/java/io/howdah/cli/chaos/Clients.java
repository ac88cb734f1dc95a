package io.howdah.cli.chaos;

import io.howdah.cli.chaos.check.Appends;
import io.howdah.cli.chaos.check.Attempts;
import io.howdah.cli.chaos.check.Outcome;
import io.howdah.cli.chaos.check.Sightings;
import io.howdah.cli.chaos.check.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// All that reads and writes during a run. Of each kind of work there are two clients on this
/// machine: one is left in peace and measures outages, one is disturbed. Where the nodes are hosts
/// of their own, a further one sits on each: what it is told counts, also by a primary that nobody
/// else reaches any more.
final class Clients {

    private static final int CLIENTS_PER_WORKLOAD = 2;

    private final Attempts inserts = new Attempts();
    private final Attempts transfers = new Attempts();
    private final Appends appends = new Appends();
    private final List<Client> clients = new ArrayList<>();
    private final List<Client> residents = new ArrayList<>();
    private final List<BankWatcher> watchers = new ArrayList<>();
    private final List<Violation> violations = new ArrayList<>();
    private final List<PrimaryReader> readers = new ArrayList<>();
    private final Meddler meddler;
    private final Sightings sightings = new Sightings();
    private Map<String, Integer> disturbances = Map.of();
    private int snapshots;

    /// Starts them.
    ///
    /// @param target what they use
    Clients(Target target, Clock clock, long seed) {
        Map<String, String> addresses = target.addresses();
        var servers = new Servers(List.copyOf(addresses.values()));
        Map<String, Work> works = new TreeMap<>();
        Work inserting = new SetWork(inserts, clock);
        works.put("set", inserting);
        works.put("bank", new BankWork(transfers, clock));
        works.put("list", new ListWork(appends, clock));
        works.forEach((name, work) -> {
            clients.add(new Client(name + " in peace", work, servers, false, clock));
            clients.add(new Client(name + " disturbed", work, servers, true, clock));
        });
        target.network()
                .ifPresent(network ->
                        addresses
                                .keySet()
                                .forEach(host ->
                                        residents.add(
                                                new Client(
                                                        "set at " + host,
                                                        inserting,
                                                        new Servers(
                                                                List.copyOf(addresses.values())),
                                                        false,
                                                        clock,
                                                        (title, run) ->
                                                                network.start(host, title, run)))));
        addresses.forEach((member, address) -> {
            readers.add(new PrimaryReader(inserts, member, address, clock, sightings));
            watchers.add(new BankWatcher(member, address, clock));
        });
        meddler = new Meddler(clients.stream().filter(Client::disturbed).toList(), servers, seed);
    }

    /// Stops them and returns when all have ended.
    void stop() throws InterruptedException {
        disturbances = meddler.stop();
        for (Client client : all()) {
            client.stop();
        }
        for (PrimaryReader reader : readers) {
            reader.stop();
        }
        for (BankWatcher watcher : watchers) {
            violations.addAll(watcher.stop());
            snapshots += watcher.snapshots();
        }
    }

    /// Those that are left in peace.
    List<Client> peaceful() {
        return all().stream().filter(client -> !client.disturbed()).toList();
    }

    private List<Client> all() {
        return Stream.concat(clients.stream(), residents.stream()).toList();
    }

    /// How many transactions were acknowledged so far.
    int acknowledged() {
        return all().stream().mapToInt(Client::acknowledged).sum();
    }

    /// The longest outage that a client left in peace had, on this machine: one on a host that is
    /// cut off has to wait for its end.
    long outageMillis(long from, long until) {
        return clients.stream()
                .filter(client -> !client.disturbed())
                .mapToLong(client -> client.gaps().longestMillis(from, until))
                .max()
                .orElse(0);
    }

    Attempts inserts() {
        return inserts;
    }

    Attempts transfers() {
        return transfers;
    }

    Appends appends() {
        return appends;
    }

    /// What was read on primaries; complete when all have ended.
    Sightings sightings() {
        return sightings;
    }

    /// Snapshots that did not add up; complete when all have ended.
    List<Violation> violations() {
        return List.copyOf(violations);
    }

    Map<String, Integer> disturbances() {
        return disturbances;
    }

    Map<String, Integer> readings() {
        var counts = new TreeMap<String, Integer>();
        counts.put("of the bank on all members", snapshots);
        counts.put("of the set on the primary", sightings.readings());
        counts.put("stale, on a former primary", sightings.stale().size());
        return counts;
    }

    List<ChaosReport.Workload> workloads() {
        return List.of(
                workload("set", CLIENTS_PER_WORKLOAD + residents.size(), inserts),
                workload("bank", CLIENTS_PER_WORKLOAD, transfers),
                workload("list", CLIENTS_PER_WORKLOAD, appends.attempts()));
    }

    private static ChaosReport.Workload workload(String name, int clients, Attempts attempts) {
        Map<Outcome, Integer> counts = attempts.counts();
        return new ChaosReport.Workload(
                name,
                clients,
                counts.getOrDefault(Outcome.ACKNOWLEDGED, 0),
                counts.getOrDefault(Outcome.LOCAL_ONLY, 0),
                counts.getOrDefault(Outcome.UNKNOWN, 0),
                counts.getOrDefault(Outcome.REFUSED, 0));
    }
}
