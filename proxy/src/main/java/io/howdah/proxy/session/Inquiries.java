package io.howdah.proxy.session;

import io.howdah.proxy.verifier.Knowledge;
import io.howdah.proxy.verifier.LookupFailedException;
import io.howdah.proxy.verifier.VerifierCache;
import io.howdah.proxy.verifier.VerifierSource;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Questions for verifiers of one server: asked one after the other on a thread of their own, that
/// may wait; clients that ask for the same role at the same time share an answer. Nobody is asked
/// about for a client that has left, so there are never more questions than clients. For the event
/// loop.
final class Inquiries implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Inquiries.class);

    /// So many roles are remembered.
    private static final int REMEMBERED_MAXIMUM = 10_000;

    /// How an inquiry ends.
    sealed interface Answer {
        /// That is known.
        record Found(Knowledge knowledge) implements Answer {}

        /// It could not be asked.
        ///
        /// @param passing whether trying again soon is of use
        record Failed(String problem, boolean passing) implements Answer {}
    }

    private final EventLoop loop;
    private final VerifierSource source;
    private final VerifierCache<String> cache;
    private final Map<String, List<Consumer<Answer>>> waiting = new LinkedHashMap<>();
    private final ExecutorService thread;

    /// What the thread is asking.
    private @Nullable String asked;

    private boolean closing;
    private boolean ended;

    Inquiries(Network network, VerifierSource source, Duration cacheAge) {
        this.loop = network.loop();
        this.thread = network.thread("proxy-lookup");
        this.source = source;
        this.cache = new VerifierCache<>(REMEMBERED_MAXIMUM, cacheAge);
    }

    /// Finds out what is known of a role, for a client of any loop.
    ///
    /// @param asker the loop of the client, which calls this
    /// @param user as text
    /// @param then is told there, perhaps at once
    /// @return withdraws the question: its client has left
    Runnable ask(EventLoop asker, String user, Consumer<Answer> then) {
        if (asker.equals(loop)) {
            return ask(user, then);
        }
        var question = new Elsewhere(asker, user, then);
        Commons.on(loop, question::begin);
        return question::withdraw;
    }

    private Runnable ask(String user, Consumer<Answer> then) {
        var known = cache.get(user, System.nanoTime());
        if (known.isPresent()) {
            then.accept(new Answer.Found(known.get()));
        } else if (closing) {
            then.accept(new Answer.Failed("others are asked from now on", true));
        } else {
            waiting.computeIfAbsent(user, _ -> new ArrayList<>()).add(then);
            askNext();
        }
        return () -> withdraw(user, then);
    }

    /// A question of another loop's client.
    private final class Elsewhere {
        private final EventLoop asker;
        private final String user;
        private final Consumer<Answer> then;

        /// On the asker's loop: nobody wants to know it any more.
        private boolean over;

        /// On this one.
        private Runnable withdrawal = () -> {};

        Elsewhere(EventLoop asker, String user, Consumer<Answer> then) {
            this.asker = asker;
            this.user = user;
            this.then = then;
        }

        private void begin() {
            withdrawal = ask(user, answer -> Commons.on(asker, () -> tell(answer)));
        }

        private void tell(Answer answer) {
            if (!over) {
                then.accept(answer);
            }
        }

        private void withdraw() {
            over = true;
            Commons.on(loop, () -> withdrawal.run());
        }
    }

    private void withdraw(String user, Consumer<Answer> then) {
        List<Consumer<Answer>> others = waiting.get(user);
        if (others != null && others.remove(then) && others.isEmpty() && !user.equals(asked)) {
            waiting.remove(user);
            endIfDone();
        }
    }

    private void askNext() {
        if (asked != null || waiting.isEmpty()) {
            return;
        }
        String user = waiting.keySet().iterator().next();
        asked = user;
        long began = System.nanoTime();
        thread.execute(() -> {
            Answer answer = find(user);
            if (!loop.isShuttingDown()) {
                loop.execute(() -> answered(user, answer, began));
            }
        });
    }

    private Answer find(String user) {
        try {
            return new Answer.Found(source.find(user));
        } catch (LookupFailedException e) {
            log.warn("{}", e.getMessage());
            return new Answer.Failed(String.valueOf(e.getMessage()), e.isPassing());
        } catch (RuntimeException e) {
            log.warn("cannot look up a verifier", e);
            return new Answer.Failed("cannot look up a verifier", false);
        }
    }

    private void answered(String user, Answer answer, long began) {
        asked = null;
        if (answer instanceof Answer.Found(Knowledge knowledge)) {
            cache.put(user, knowledge, began);
        }
        List<Consumer<Answer>> told = waiting.remove(user);
        if (told != null) {
            List.copyOf(told).forEach(then -> then.accept(answer));
        }
        askNext();
        endIfDone();
    }

    /// A proof did not fit what was known: perhaps the password was changed. May be called by any
    /// loop.
    void doubt(String user) {
        Commons.on(loop, () -> cache.doubt(user, System.nanoTime()));
    }

    /// What was known has turned out to be wrong. May be called by any loop.
    void forget(String user) {
        Commons.on(loop, () -> cache.forget(user));
    }

    /// Takes no more questions; who waits has his answer yet.
    @Override
    public void close() {
        closing = true;
        endIfDone();
    }

    /// What is asked at the moment comes first.
    private void endIfDone() {
        boolean done = waiting.isEmpty() || (waiting.size() == 1 && asked != null);
        if (closing && done && !ended) {
            ended = true;
            thread.execute(source::close);
            thread.shutdown();
        }
    }
}
