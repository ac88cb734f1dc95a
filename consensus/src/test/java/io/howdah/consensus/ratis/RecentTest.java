package io.howdah.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RecentTest {

    private static final UUID SESSION = new UUID(1, 2);

    @Test
    void whateverMayStillBeRepeatedIsRemembered() {
        Recent recent = new Recent();
        for (long index = 1; index <= 5000; index++) {
            recent.add(new Recent.Id(SESSION, index), index);
        }

        assertThat(recent.contains(new Recent.Id(SESSION, 5000))).isTrue();
        assertThat(recent.contains(new Recent.Id(SESSION, 5000 - Submission.WINDOW_ENTRIES)))
                .isTrue();
        assertThat(recent.contains(new Recent.Id(SESSION, 4999 - Submission.WINDOW_ENTRIES)))
                .isFalse();
        assertThat(recent.contains(new Recent.Id(new UUID(1, 3), 5000))).isFalse();
    }

    @Test
    void survivesASnapshot() throws IOException {
        Recent recent = new Recent();
        recent.add(new Recent.Id(SESSION, 7), 70);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        recent.write(new DataOutputStream(bytes));

        Recent copy =
                Recent.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));

        assertThat(copy.contains(new Recent.Id(SESSION, 7))).isTrue();
        assertThat(copy.contains(new Recent.Id(SESSION, 8))).isFalse();
    }
}
