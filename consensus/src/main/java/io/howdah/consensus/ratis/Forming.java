package io.howdah.consensus.ratis;

import io.howdah.consensus.Formation;
import io.howdah.consensus.Introduction;
import io.howdah.consensus.Introductions;
import io.howdah.consensus.Peer;
import io.howdah.consensus.StoreException;
import io.howdah.consensus.StoreSettings;
import io.howdah.consensus.StoreUnavailableException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings this node into its group, by the rule of [Formation], on a thread of its own that ends
/// when that is done.
final class Forming implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Forming.class);
    private static final long PAUSE_MILLIS = 200;
    private static final long ANSWER_MILLIS = 2000;
    private static final int CONNECT_MILLIS = 1000;

    private final StoreSettings settings;
    private final Peer self;
    private final Part part;
    private final Membership membership;
    private final Introductions introductions;
    private final CompletableFuture<Void> formed = new CompletableFuture<>();
    private final Thread thread;
    private final @Nullable Path aside;
    private final Set<String> formerIds;
    private volatile Identity identity;
    private volatile String progress = "looking for the group";

    Forming(
            StoreSettings settings,
            Identity identity,
            Part part,
            Membership membership,
            Introductions introductions) {
        this.settings = settings;
        this.identity = identity;
        this.self = Peer.of(identity.peerId(), settings.host(), settings.port());
        this.part = part;
        this.membership = membership;
        this.introductions = introductions;
        this.formerIds = new FormerGroup(settings.directory()).formerIds();
        this.aside = Aside.latest(settings.directory()).orElse(null);
        this.thread =
                Thread.ofVirtual()
                        .name("howdah-store-forming-" + settings.nodeName())
                        .unstarted(this::run);
        if (identity.stage() == Identity.Stage.FORMED) {
            formed.complete(null);
        }
    }

    /// The group to start the server with; null if there is none yet.
    ///
    /// @param logExists whether there is a log in the storage
    /// @throws StoreException if a log is missing that was there: its votes are forgotten, so its
    ///   peer id may not be used again
    static @Nullable List<Peer> groupOf(
            Identity identity, boolean logExists, StoreSettings settings) {
        return switch (identity.stage()) {
            case NEW -> {
                if (logExists) {
                    throw Damage.of(
                            settings.directory(),
                            "there is a log in %s that %s did not write"
                                    .formatted(settings.directory(), identity.peerId()),
                            null);
                }
                yield null;
            }
            case FORMING -> identity.group().isEmpty() && !logExists ? null : identity.group();
            case FORMED -> {
                if (!logExists) {
                    throw Damage.of(
                            settings.directory(),
                            "the log of %s is missing in %s"
                                    .formatted(identity.peerId(), settings.directory()),
                            null);
                }
                yield identity.group();
            }
        };
    }

    void start() {
        if (!isFormed()) {
            thread.start();
        }
    }

    boolean isFormed() {
        return formed.isDone() && !formed.isCompletedExceptionally();
    }

    CompletableFuture<Void> formed() {
        return formed;
    }

    Introduction introduction() {
        boolean member = isFormed();
        return new Introduction(settings.cluster(), self, member, member ? peers() : List.of());
    }

    List<Peer> peers() {
        if (!isFormed()) {
            return List.of();
        }
        List<Peer> members = part.members();
        return members.isEmpty() ? identity.group() : members;
    }

    String status() {
        if (!isFormed()) {
            return aside == null
                    ? progress
                    : "%s (its former storage was damaged and is put aside in %s)"
                            .formatted(progress, aside);
        }
        if (part.isRemoved()) {
            return "removed from the group";
        }
        if (!part.isAlive()) {
            return part.isMember()
                    ? "stopped: the log cannot be written; see the messages of the node"
                    : "removed from the group";
        }
        return "%d peers, %s"
                .formatted(
                        peers().size(),
                        part.leader()
                                .map(leader -> "leader " + leader.nodeName())
                                .orElse("no leader"));
    }

    private void run() {
        try {
            while (!step()) {
                Thread.sleep(PAUSE_MILLIS);
            }
            LOG.info("{} belongs to the group {}", self.peerId(), peers());
        } catch (InterruptedException e) {
            LOG.debug("closed while {}", progress);
        } catch (RuntimeException e) {
            if (thread.isInterrupted()) {
                LOG.debug("closed while {}", progress, e);
                return;
            }
            LOG.error("cannot form the group", e);
            say("cannot form the group: " + e.getMessage());
            formed.completeExceptionally(e);
        }
    }

    /// One look at the others and one step.
    ///
    /// @return whether this node is a member now
    private boolean step() throws InterruptedException {
        if (part.isMember()) {
            advance(Identity.Stage.FORMED, identity.group());
            formed.complete(null);
            return true;
        }
        Map<String, Introduction> answers = askOthers();
        Formation.Step next = Formation.next(introduction(), settings.configuredNodes(), answers);
        Optional<String> former = stillInTheFormerGroup(answers);
        if (former.isPresent()) {
            next =
                    new Formation.Step.Wait(
                            former.get()
                                    + " belongs to the group that was given up here still\nHINT: stop it, and move its directory `consensus` away");
        } else if (aside != null && answers.values().stream().noneMatch(Introduction::formed)) {
            // whoever knows the group may only be away: to found another one would split it
            next = new Formation.Step.Wait("waiting for a node that still knows the group");
        }
        try {
            switch (next) {
                case Formation.Step.Start(List<Peer> group) -> begin(group);
                case Formation.Step.Join(List<Peer> group) -> join(group);
                case Formation.Step.Wait(String reason) -> say(reason);
            }
        } catch (IOException e) {
            LOG.debug("attempt failed", e);
            say("not taken in yet: a majority of the group has to answer");
        }
        return part.isMember() && step();
    }

    /// Whoever knows this node by an id that it has given up would take it back into that group.
    private Optional<String> stillInTheFormerGroup(Map<String, Introduction> answers) {
        return answers.entrySet().stream()
                .filter(answer -> formerIds.stream().anyMatch(answer.getValue()::knows))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private void begin(List<Peer> group) throws IOException {
        if (part.division().isPresent()) {
            say("waiting for the leader to send the log");
            return;
        }
        say("starting the group of " + group.size());
        advance(Identity.Stage.FORMING, group);
        part.begin(group);
    }

    private void join(List<Peer> group) throws IOException {
        Optional<Peer> namesake = runningNamesake(group);
        if (namesake.isPresent()) {
            say(
                    "refused: a node named %s runs already, at %s\nHINT: give this node another name in howdah.yaml, or stop that one first; this node then takes its place"
                            .formatted(self.nodeName(), namesake.get().address()));
            return;
        }
        say("joining the group of " + group.size());
        if (part.division().isEmpty()) {
            advance(Identity.Stage.FORMING, List.of());
            part.begin(List.of());
        }
        List<Peer> next = new ArrayList<>();
        for (Peer peer : group) {
            if (!peer.nodeName().equals(self.nodeName())) {
                next.add(peer);
            }
        }
        next.add(self);
        membership.change(group, next);
    }

    /// The peer of this node's name, if it is at another address and something listens there: to
    /// take its place would put it out of the group, and it would put us out in turn. At our own
    /// address it is our former self.
    private Optional<Peer> runningNamesake(List<Peer> group) {
        return group.stream()
                .filter(peer -> peer.nodeName().equals(self.nodeName()))
                .filter(peer -> !peer.peerId().equals(self.peerId()))
                .filter(peer -> !peer.address().equals(self.address()))
                .filter(Forming::listens)
                .findFirst();
    }

    private static boolean listens(Peer peer) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(peer.host(), peer.port()), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Map<String, Introduction> askOthers() throws InterruptedException {
        List<String> others =
                settings.configuredNodes().stream()
                        .filter(name -> !name.equals(self.nodeName()))
                        .distinct()
                        .toList();
        Map<String, Introduction> answers = new TreeMap<>();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            List<Future<Optional<Introduction>>> asked =
                    threads.invokeAll(
                            others.stream().map(this::question).toList(),
                            ANSWER_MILLIS,
                            TimeUnit.MILLISECONDS);
            for (int i = 0; i < others.size(); i++) {
                if (asked.get(i).state() == Future.State.SUCCESS) {
                    String name = others.get(i);
                    asked.get(i).resultNow().ifPresent(answer -> answers.put(name, answer));
                }
            }
        } finally {
            threads.shutdownNow();
        }
        return answers;
    }

    private java.util.concurrent.Callable<Optional<Introduction>> question(String nodeName) {
        return () -> introductions.ask(nodeName);
    }

    private void advance(Identity.Stage stage, List<Peer> group) {
        Identity next = identity.at(stage, group);
        if (next.equals(identity)) {
            return;
        }
        try {
            next.write(settings.directory());
            identity = next;
        } catch (IOException e) {
            throw new StoreException(
                    "cannot write to " + settings.directory() + ": " + e,
                    "see that there is space, and that the user that runs howdah may write there.",
                    e);
        }
    }

    private void say(String news) {
        if (!news.equals(progress)) {
            LOG.info("{}: {}", self.peerId(), news);
            progress = news;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        formed.completeExceptionally(
                new StoreUnavailableException("the store is closed", "start the node again."));
    }
}
