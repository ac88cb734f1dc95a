package io.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.testing.Await;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ComingProxyTest {

    private final List<String> ended = new CopyOnWriteArrayList<>();
    private final ComingProxy<String> coming = new ComingProxy<>(ended::add);

    private Thread told() {
        return Thread.ofVirtual().start(coming::stopInOrder);
    }

    @Test
    void proxyThatIsToldToStopWhileItStartsIsEndedInOrder() throws Exception {
        Optional<String> started =
                coming.start(() -> {
                    Thread stopping = told();
                    Await.until(
                            "the stop waits", () -> stopping.getState() == Thread.State.WAITING);
                    assertThat(ended).isEmpty();
                    return Optional.of("the proxy");
                });

        assertThat(started).contains("the proxy");
        Await.until("it is ended", () -> ended.equals(List.of("the proxy")));
    }

    @Test
    void processWhoseProxyDoesNotStartEnds() throws Exception {
        assertThatThrownBy(() ->
                        coming.start(() -> {
                            throw new IllegalStateException("no room");
                        }))
                .hasMessage("no room");

        told().join();

        assertThat(ended).isEmpty();
        assertThatThrownBy(coming::await).hasMessage("no proxy was started");
    }
}
