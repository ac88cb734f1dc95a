package io.howdah.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.statement.StatementRoom;
import org.junit.jupiter.api.Test;

class ScarcityTest {

    @Test
    void wantOfRoomIsSaidAtOnceWithItsFiguresAndThenOnceInAWhile() {
        long pause = Scarcity.PAUSE.toNanos();
        var room = new StatementRoom(1_000);
        var scarcity = new Scarcity(room);
        assertThat(scarcity.news(0)).isNull();
        room.refuse();
        assertThat(scarcity.news(1))
                .startsWith("1 more clients keep")
                .contains("0 of 1000 bytes")
                .contains("HINT: raise 'statement-memory'");
        room.refuse();
        room.refuse();
        assertThat(scarcity.news(pause)).isNull();
        assertThat(scarcity.news(pause + 1)).startsWith("2 more clients");
        assertThat(scarcity.news(9 * pause)).isNull();
    }
}
