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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Questions for verifiers of one server: asked one after the other on a thread of their own, that
/// may wait; clients that ask for the same role at the same time share an answer. There are never
/// more questions than clients. For the event loop.
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

    Inquiries(Network network, VerifierSource source, Duration cacheAge) {
        this.loop = network.loop();
        this.thread = network.thread("proxy-lookup");
        this.source = source;
        this.cache = new VerifierCache<>(REMEMBERED_MAXIMUM, cacheAge);
    }

    /// Finds out what is known of a role.
    ///
    /// @param user as text
    /// @param then is told, perhaps at once
    void ask(String user, Consumer<Answer> then) {
        var known = cache.get(user, System.nanoTime());
        if (known.isPresent()) {
            then.accept(new Answer.Found(known.get()));
            return;
        }
        List<Consumer<Answer>> others = waiting.get(user);
        if (others != null) {
            others.add(then);
            return;
        }
        waiting.put(user, new ArrayList<>(List.of(then)));
        long asked = System.nanoTime();
        thread.execute(() -> {
            Answer answer = find(user);
            if (!loop.isShuttingDown()) {
                loop.execute(() -> answered(user, answer, asked));
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

    private void answered(String user, Answer answer, long asked) {
        if (answer instanceof Answer.Found(Knowledge knowledge)) {
            cache.put(user, knowledge, asked);
        }
        List<Consumer<Answer>> told = waiting.remove(user);
        if (told != null) {
            told.forEach(then -> then.accept(answer));
        }
    }

    /// What was known has turned out to be wrong.
    void forget(String user) {
        cache.forget(user);
    }

    /// Asks nothing any more.
    @Override
    public void close() {
        thread.execute(source::close);
        thread.shutdown();
    }
}
