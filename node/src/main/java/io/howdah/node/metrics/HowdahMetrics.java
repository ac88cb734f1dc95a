package io.howdah.node.metrics;

import io.howdah.cluster.lease.RenewalTimes;
import io.howdah.cluster.member.ServerVitals;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.Sync;
import io.howdah.node.api.BackupStatus;
import io.howdah.node.api.DrillStatus;
import io.howdah.node.api.MemberRole;
import io.howdah.node.backup.ArchiveReport;
import io.howdah.node.backup.BackupsReport;
import io.howdah.node.backup.RepositoryBackups;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/// What Patroni has no name for: the lease, epochs, elections and what they cost, the synchronous
/// set, the agent's loop, the consensus. Pure.
final class HowdahMetrics {

    private HowdahMetrics() {}

    static List<MetricSnapshot> of(Scrape scrape, ChangeCounts.Counted changes) {
        Family all =
                new Family(Labels.of("cluster", scrape.cluster(), "node", scrape.self().name()));
        var metrics = new ArrayList<MetricSnapshot>();
        addLease(metrics, all, scrape);
        addChanges(metrics, all, scrape.state(), changes);
        addSynchronous(metrics, all, scrape);
        addConsensus(metrics, all, scrape);
        addArchive(metrics, all, scrape);
        addBackups(metrics, all, scrape);
        addDrill(metrics, all, scrape);
        metrics.add(
                new Family(
                                all.labels()
                                        .merge(
                                                Labels.of(
                                                        "version",
                                                        Objects.requireNonNullElse(
                                                                scrape.self().version(), ""),
                                                        "postgres_version",
                                                        Objects.requireNonNullElse(
                                                                scrape.self().postgresVersion(),
                                                                ""))))
                        .gauge("howdah_build", "Always 1; the versions are in the labels.", 1));
        Double certificate = scrape.certificateSeconds();
        if (certificate != null) {
            metrics.add(
                    all.gauge(
                            "howdah_certificate_remaining_seconds",
                            "How long this node's certificate is still good; negative when it has"
                                    + " ended.",
                            certificate));
        }
        metrics.add(
                all.gauge(
                        "howdah_agent_loop_age_seconds",
                        "Time since the agent last looked; it looks once a second when nothing"
                                + " happens, and not at all during a copy.",
                        scrape.loopAgeSeconds()));
        return metrics;
    }

    private static void addLease(List<MetricSnapshot> metrics, Family all, Scrape scrape) {
        metrics.add(
                all.gauge("howdah_lease_seconds", "The length of a lease.", scrape.leaseSeconds()));
        metrics.add(
                all.gauge(
                        "howdah_lease_held",
                        "1 if this node holds the lease by its own reckoning.",
                        scrape.leaseRemainingSeconds() > 0));
        metrics.add(
                all.gauge(
                        "howdah_lease_remaining_seconds",
                        "How long this node may go on as primary without another confirmation; 0 if"
                                + " it does not hold the lease.",
                        scrape.leaseRemainingSeconds()));
        RenewalTimes.Figures renewals = scrape.renewals();
        if (renewals != null) {
            metrics.add(
                    all.gauge(
                            "howdah_dead_mans_switch_running",
                            "1 while the process runs that ends PostgreSQL if this agent hangs.",
                            scrape.deadMansSwitch()));
            metrics.add(
                    all.gauge(
                            "howdah_watchdog_active",
                            "1 while a watchdog resets this host if that process does not run any more.",
                            scrape.watchdog()));
            metrics.add(
                    all.histogram(
                            "howdah_lease_renewal_seconds",
                            "From sending a renewal of this node's lease to its confirmation.",
                            List.of(
                                    new Family.Distribution(
                                            Labels.EMPTY,
                                            RenewalTimes.BOUNDS_MILLIS.stream()
                                                    .map(millis -> millis / 1e3)
                                                    .toList(),
                                            renewals.confirmedByBound(),
                                            renewals.nanos() / 1e9))));
            metrics.add(
                    all.counter(
                            "howdah_lease_renewals",
                            "Renewals of this node's lease that were confirmed.",
                            renewals.confirmedByBound().stream().mapToLong(each -> each).sum()));
            metrics.add(
                    all.counter(
                            "howdah_lease_renewals_failed",
                            "Renewals of this node's lease that were refused or not answered in"
                                    + " time.",
                            renewals.failed()));
        }
    }

    private static void addArchive(List<MetricSnapshot> metrics, Family all, Scrape scrape) {
        ArchiveReport archive = scrape.archive();
        if (archive != null || scrape.writesStopped()) {
            metrics.add(
                    all.gauge(
                            "howdah_wal_archive_writes_stopped",
                            "1 while this PostgreSQL refuses writes, as too much of its WAL waits for"
                                    + " the archive.",
                            scrape.writesStopped()));
        }
        if (archive != null) {
            metrics.add(
                    all.gauge(
                            "howdah_wal_archive_behind_seconds",
                            "The age of the oldest WAL of this primary that is not in every repository.",
                            archive.behindSeconds(scrape.takenAtMillis())));
            archive.lossSeconds(scrape.takenAtMillis())
                    .ifPresent(seconds ->
                            metrics.add(
                                    all.gauge(
                                            "howdah_wal_archive_rpo_seconds",
                                            "From the newest marker that is in every repository to the newest that"
                                                    + " was acknowledged: commits of that time would be lost with all"
                                                    + " nodes.",
                                            seconds)));
            metrics.add(
                    all.gauge(
                            "howdah_wal_archive_behind_bytes",
                            "WAL of this primary that is not in every repository.",
                            archive.behindBytes()));
            Integer gaps = archive.gaps();
            if (gaps != null) {
                metrics.add(
                        all.gauge(
                                "howdah_wal_archive_gaps",
                                "Stretches of WAL that are missing in a repository; no backup"
                                        + " before one can be restored past it.",
                                gaps));
            }
            metrics.add(
                    all.gauge(
                            "howdah_wal_archive_position",
                            "Up to where every repository has this primary's WAL, in bytes.",
                            archive.archived().value()));
        }
    }

    private static void addBackups(List<MetricSnapshot> metrics, Family all, Scrape scrape) {
        BackupsReport backups = scrape.backups();
        if (backups == null) {
            return;
        }
        List<RepositoryBackups> repositories = backups.repositories();
        if (!repositories.isEmpty()) {
            metrics.add(
                    all.gauges(
                            "howdah_backup_missing",
                            "1 while there is no backup in the repository.",
                            "repository",
                            repositories.stream()
                                    .map(each ->
                                            new Family.Figure(
                                                    each.repository(),
                                                    each.lacksBackup() ? 1 : 0))));
            metrics.add(
                    all.gauges(
                            "howdah_backup_repository_silent",
                            "1 while the repository does not answer this node: what is told of its"
                                    + " backups was seen before.",
                            "repository",
                            repositories.stream()
                                    .map(each ->
                                            new Family.Figure(
                                                    each.repository(), each.silent() ? 1 : 0))));
        }
        List<Family.Figure> ages =
                repositories.stream().flatMap(each -> age(each, scrape).stream()).toList();
        if (!ages.isEmpty()) {
            metrics.add(
                    all.gauges(
                            "howdah_backup_age_seconds",
                            "Time since the newest backup in the repository ended.",
                            "repository",
                            ages.stream()));
        }
        List<Family.Figure> last =
                repositories.stream().flatMap(each -> last(each).stream()).toList();
        if (!last.isEmpty()) {
            metrics.add(
                    all.gauges(
                            "howdah_backup_last_succeeded",
                            "1 if the backup that was tried last in the repository exists.",
                            "repository",
                            last.stream()));
        }
        addVerified(metrics, all, scrape, repositories);
        List<BackupStatus> running = backups.running();
        metrics.add(
                all.gauge(
                        "howdah_backup_running",
                        "Backups that are under way, whoever takes them.",
                        running.size()));
        if (!running.isEmpty()) {
            metrics.add(
                    all.gauge(
                            "howdah_backup_running_done_bytes",
                            "How much the backups under way have read.",
                            running.stream().mapToLong(BackupStatus::doneBytes).sum()));
            metrics.add(
                    all.gauge(
                            "howdah_backup_running_total_bytes",
                            "How much the backups under way have to read, about.",
                            running.stream().mapToLong(BackupStatus::totalBytes).sum()));
        }
    }

    private static void addVerified(
            List<MetricSnapshot> metrics,
            Family all,
            Scrape scrape,
            List<RepositoryBackups> repositories) {
        List<RepositoryBackups> verified =
                repositories.stream().filter(each -> each.verified() != null).toList();
        if (verified.isEmpty()) {
            return;
        }
        metrics.add(
                verified(
                        all,
                        "howdah_backup_verify_age_seconds",
                        "Time since the repository was last read as a whole on a schedule.",
                        verified,
                        found ->
                                Math.max(0, scrape.takenAtMillis() - found.at().toEpochMilli())
                                        / 1e3));
        metrics.add(
                verified(
                        all,
                        "howdah_backup_verify_damage",
                        "How much damage was found then.",
                        verified,
                        RepositoryBackups.Verified::damageCount));
        metrics.add(
                verified(
                        all,
                        "howdah_backup_verify_gaps",
                        "How many stretches of WAL were missing then.",
                        verified,
                        RepositoryBackups.Verified::gaps));
    }

    private static MetricSnapshot verified(
            Family all,
            String name,
            String help,
            List<RepositoryBackups> repositories,
            ToDoubleFunction<RepositoryBackups.Verified> figure) {
        return all.gauges(
                name,
                help,
                "repository",
                repositories.stream()
                        .map(each ->
                                new Family.Figure(
                                        each.repository(),
                                        figure.applyAsDouble(
                                                Objects.requireNonNull(each.verified())))));
    }

    private static Optional<Family.Figure> last(RepositoryBackups repository) {
        return Optional.ofNullable(repository.lastSucceeded())
                .map(succeeded -> new Family.Figure(repository.repository(), succeeded ? 1 : 0));
    }

    private static Optional<Family.Figure> age(RepositoryBackups repository, Scrape scrape) {
        return Optional.ofNullable(repository.newest())
                .map(newest ->
                        new Family.Figure(
                                repository.repository(),
                                Math.max(0, scrape.takenAtMillis() - newest.toEpochMilli()) / 1e3));
    }

    private static void addDrill(List<MetricSnapshot> metrics, Family all, Scrape scrape) {
        DrillStatus drill = scrape.drill();
        if (drill == null) {
            return;
        }
        metrics.add(
                all.gauge(
                        "howdah_drill_age_seconds",
                        "Time since a backup was last restored and looked at.",
                        Math.max(0, scrape.takenAtMillis() - drill.at().toEpochMilli()) / 1e3));
        metrics.add(
                all.gauge(
                        "howdah_drill_passed",
                        "1 if all was as it must be in the last drill.",
                        drill.passed()));
        Long rto = drill.rtoMillis();
        if (rto != null) {
            metrics.add(
                    all.gauge(
                            "howdah_drill_rto_seconds",
                            "In the last drill, from its start to the first query.",
                            rto / 1e3));
        }
        Long rpo = drill.rpoMillis();
        if (rpo != null) {
            metrics.add(
                    all.gauge(
                            "howdah_drill_rpo_seconds",
                            "In the last drill, from the newest restored commit to the newest that was"
                                    + " acknowledged when it began.",
                            rpo / 1e3));
        }
    }

    private static void addChanges(
            List<MetricSnapshot> metrics,
            Family all,
            ClusterState state,
            ChangeCounts.Counted changes) {
        metrics.add(
                all.gauge(
                        "howdah_epoch",
                        "The highest epoch that was ever offered; it never repeats.",
                        state.epoch().value()));
        metrics.add(
                all.gauge(
                        "howdah_election_open",
                        "1 while the lease is vacant or offered: nobody is primary.",
                        !(state.lease() instanceof Lease.Held)));
        metrics.add(
                all.gauge(
                        "howdah_election_votes",
                        "Votes cast in the election that is open.",
                        state.votes().size()));
        metrics.add(
                all.counter(
                        "howdah_elections",
                        "Elections that a primary came out of.",
                        sum(changes, kind -> kind.isFailover() && kind != ChangeKind.FORCED)));
        metrics.add(
                all.counters(
                        "howdah_failovers",
                        "Changes of the primary that nobody asked for, or that were forced, by what"
                                + " ended the former one.",
                        "reason",
                        changes.changes().entrySet().stream()
                                .filter(each -> each.getKey().isFailover())
                                .map(each ->
                                        new Family.Labelled(
                                                each.getKey().label(), each.getValue()))));
        metrics.add(
                all.counter(
                        "howdah_switchovers",
                        "Changes of the primary that somebody asked for.",
                        sum(changes, kind -> kind == ChangeKind.SWITCHOVER)));
        metrics.add(
                all.histogram(
                        "howdah_outage_seconds",
                        "From the end of the former primary's service to the announcement of the"
                                + " next, by the nodes' clocks.",
                        List.of(
                                outages("failover", changes.failovers()),
                                outages("switchover", changes.switchovers()))));
        metrics.add(
                all.gauge(
                        "howdah_last_outage_seconds",
                        "How long the last change of the primary took.",
                        changes.lastSeconds()));
    }

    private static long sum(
            ChangeCounts.Counted changes, java.util.function.Predicate<ChangeKind> wanted) {
        return changes.changes().entrySet().stream()
                .filter(each -> wanted.test(each.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private static Family.Distribution outages(String kind, ChangeCounts.Distribution counted) {
        return new Family.Distribution(
                Labels.of("kind", kind),
                ChangeCounts.BOUNDS_SECONDS,
                counted.numbers(),
                counted.seconds());
    }

    private static void addSynchronous(List<MetricSnapshot> metrics, Family all, Scrape scrape) {
        Sync sync = scrape.state().sync();
        boolean current = sync != null && scrape.state().isHeldBy(sync.leader(), sync.epoch());
        metrics.add(
                all.gauge(
                        "howdah_synchronous_member",
                        "1 if this node's acknowledgement is counted by the primary's commits.",
                        scrape.self().sync()));
        metrics.add(
                all.gauge(
                        "howdah_synchronous_members",
                        "Standbys that may acknowledge and that an election has to ask; 0 while the"
                                + " primary is alone, or there is none.",
                        current && sync != null ? sync.voters().size() : 0));
        metrics.add(
                all.gauge(
                        "howdah_synchronous_required",
                        "How many of them must have flushed a commit before it is acknowledged.",
                        current && sync != null ? sync.required() : 0));
        if (scrape.self().role() != MemberRole.WITNESS) {
            metrics.add(
                    all.gauge(
                            "howdah_synchronous_waiting",
                            "Sessions of this PostgreSQL whose commit waits for standbys at this"
                                    + " moment.",
                            scrape.vitals().map(ServerVitals::waitingForStandbys).orElse(0L)));
            metrics.add(
                    all.gauge(
                            "howdah_postgres_sessions",
                            "Sessions of clients in this PostgreSQL.",
                            scrape.vitals().map(ServerVitals::sessions).orElse(0L)));
            Long lag = scrape.self().lagBytes();
            if (lag != null) {
                metrics.add(
                        all.gauge(
                                "howdah_replication_lag_bytes",
                                "Bytes that the primary has written and this node has not received;"
                                        + " 0 on the primary.",
                                lag));
            }
        }
    }

    private static void addConsensus(List<MetricSnapshot> metrics, Family all, Scrape scrape) {
        String leader = scrape.consensusLeader();
        metrics.add(
                all.gauge(
                        "howdah_consensus_has_leader",
                        "1 if this node knows who leads the consensus: a majority agrees.",
                        leader != null));
        metrics.add(
                all.gauge(
                        "howdah_consensus_is_leader",
                        "1 if this node leads the consensus, which need not be the primary.",
                        scrape.self().name().equals(leader)));
        metrics.add(all.gauge("howdah_consensus_peers", "Nodes in the consensus.", scrape.peers()));
        metrics.add(
                all.gauge(
                        "howdah_consensus_applied_index",
                        "Last log position that this node has applied.",
                        scrape.progress().appliedIndex()));
        metrics.add(
                all.gauge(
                        "howdah_consensus_committed_index",
                        "Last log position that this node knows to be agreed on.",
                        scrape.progress().committedIndex()));
        metrics.add(
                all.gauge(
                        "howdah_consensus_lag",
                        "Log positions agreed on and not applied here yet.",
                        scrape.progress().lag()));
    }

    static List<MetricSnapshot> of(ProcessUsage usage) {
        Family all = new Family(Labels.EMPTY);
        return Stream.of(
                        all.counter(
                                "process_cpu_seconds",
                                "Total user and system CPU time spent in seconds.",
                                usage.cpuSeconds()),
                        all.gauge(
                                "process_resident_memory_bytes",
                                "Resident memory size in bytes.",
                                usage.residentBytes()),
                        all.gauge(
                                "process_open_fds",
                                "Number of open file descriptors.",
                                usage.openFiles()),
                        all.gauge(
                                "process_threads",
                                "Threads of the operating system.",
                                usage.threads()),
                        all.gauge(
                                "process_start_time_seconds",
                                "Start time of the process since unix epoch in seconds.",
                                usage.startedAtSeconds()),
                        new Family(Labels.of("area", "heap"))
                                .gauge(
                                        "jvm_memory_used_bytes",
                                        "Used bytes of a given JVM memory area.",
                                        usage.heapUsedBytes()),
                        new Family(Labels.of("area", "heap"))
                                .gauge(
                                        "jvm_memory_max_bytes",
                                        "Max (bytes) of a given JVM memory area.",
                                        usage.heapMaximumBytes()))
                .toList();
    }
}
