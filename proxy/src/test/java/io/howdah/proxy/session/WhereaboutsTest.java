package io.howdah.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.proxy.topology.Leadership;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WhereaboutsTest {

    /// Else no loop would ever be told of the next primary.
    @Test
    void faultOfOneLoopDoesNotKeepTheOthersWaiting() {
        var loop = new ManualLoop();
        var whereabouts = new Whereabouts(null);
        whereabouts.follow(
                loop,
                () -> {
                    throw new IllegalStateException("a fault");
                });
        List<String> done = new ArrayList<>();
        whereabouts.tell(Leadership.UNKNOWN, () -> true, () -> done.add("done"));
        assertThatThrownBy(loop::runAll).hasMessage("a fault");
        assertThat(done).containsExactly("done");
    }
}
