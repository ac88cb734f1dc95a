package io.howdah.proxy.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class VerifierCacheTest {

    private static final Knowledge ANSWER = new Knowledge.Unknown();
    private static final long SECOND = 1_000_000_000L;

    @Test
    void answerIsBelievedUntilItIsTooOld() {
        var cache = new VerifierCache<String>(10, Duration.ofSeconds(1));
        cache.put("ann", ANSWER, 5 * SECOND);
        assertThat(cache.get("ann", 6 * SECOND - 1)).contains(ANSWER);
        assertThat(cache.get("ann", 6 * SECOND)).isEmpty();
        assertThat(cache.size()).isZero();
    }

    @Test
    void ageOfNothingBelievesNothing() {
        var cache = new VerifierCache<String>(10, Duration.ZERO);
        cache.put("ann", ANSWER, 5);
        assertThat(cache.get("ann", 5)).isEmpty();
    }

    @Test
    void wrongAnswerIsForgotten() {
        var cache = new VerifierCache<String>(10, Duration.ofSeconds(1));
        cache.put("ann", ANSWER, 0);
        cache.forget("ann");
        assertThat(cache.get("ann", 1)).isEmpty();
    }

    @Test
    void doubtfulAnswerIsAskedForAnewButNotAgainAtOnce() {
        var cache = new VerifierCache<String>(10, Duration.ofMinutes(1));
        long enough = VerifierCache.ENOUGH.toNanos();
        cache.put("ann", ANSWER, 0);
        cache.doubt("ann", 1);
        assertThat(cache.get("ann", 1)).isEmpty();
        cache.put("ann", ANSWER, 2);
        cache.doubt("ann", 1 + enough);
        assertThat(cache.get("ann", 1 + enough)).isPresent();
        cache.doubt("ann", 2 + enough);
        assertThat(cache.get("ann", 2 + enough)).isEmpty();
    }

    @Test
    void answerThatWasAskedForBeforeTheDoubtIsNotBelieved() {
        var cache = new VerifierCache<String>(10, Duration.ofMinutes(1));
        cache.put("ann", ANSWER, 0);
        cache.doubt("ann", 5);
        cache.put("ann", ANSWER, 4);
        assertThat(cache.get("ann", 6)).isEmpty();
        cache.put("ann", ANSWER, 6);
        assertThat(cache.get("ann", 6)).isPresent();
    }

    @Test
    void whoIsNotKnownCannotBeDoubted() {
        var cache = new VerifierCache<String>(10, Duration.ofMinutes(1));
        cache.doubt("ann", 0);
        assertThat(cache.size()).isZero();
    }

    @Test
    void oldestIsForgottenWhereThereIsTooMuch() {
        var cache = new VerifierCache<Integer>(100, Duration.ofSeconds(1));
        for (int i = 0; i < 1_000; i++) {
            cache.put(i, ANSWER, i);
            cache.put(0, ANSWER, i);
        }
        assertThat(cache.size()).isEqualTo(100);
        assertThat(cache.get(0, 1_000)).isPresent();
        assertThat(cache.get(1, 1_000)).isEmpty();
        assertThat(cache.get(999, 1_000)).isPresent();
    }
}
