package io.howdah.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestQueueTest {

    private static final byte[] KINDS = {'S', RequestQueue.COPY_END, 'Q', 'B', 'E'};

    /// Every row of up to seven requests behind the one that begins to COPY, and longer ones at
    /// random, wherever in the ring they begin.
    @Test
    void whatIsReadAsCopyIsForgottenRequestByRequest() {
        for (int length = 0; length <= 7; length++) {
            int rows = (int) Math.pow(KINDS.length, length);
            for (int row = 0; row < rows; row++) {
                assertReadAsCopy(row(row, length), row % 16);
            }
        }
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            List<Byte> sent = new ArrayList<>();
            int length = random.nextInt(300);
            for (int i = 0; i < length; i++) {
                sent.add(KINDS[random.nextInt(random.nextInt(20) == 0 ? 5 : 1)]);
            }
            assertReadAsCopy(sent, random.nextInt(16));
        }
    }

    private static List<Byte> row(int number, int length) {
        List<Byte> row = new ArrayList<>();
        for (int rest = number, i = 0; i < length; rest /= KINDS.length, i++) {
            row.add(KINDS[rest % KINDS.length]);
        }
        return row;
    }

    /// @param passed so many requests have come and gone before
    private static void assertReadAsCopy(List<Byte> behind, int passed) {
        var queue = new RequestQueue();
        for (int i = 0; i < passed; i++) {
            queue.add((byte) 'Q');
            queue.remove();
        }
        queue.addMarked((byte) 'E');
        behind.forEach(queue::add);
        List<Byte> expected = new ArrayList<>(behind);
        boolean ended = forgetOneByOne(expected);

        assertThat(queue.readAsCopy().ended()).as("%s", behind).isEqualTo(ended);

        assertThat(queue.readies())
                .as("%s", behind)
                .isEqualTo((int) expected.stream().filter(RequestQueue::isReadying).count());
        assertThat(queue.isFirstMarked()).isTrue();
        queue.remove();
        for (byte request : expected) {
            assertThat(queue.first()).as("%s", behind).isEqualTo(request);
            queue.remove();
        }
        assertThat(queue.isEmpty()).as("%s", behind).isTrue();
    }

    /// As PostgreSQL reads them.
    private static boolean forgetOneByOne(List<Byte> behind) {
        for (int place = 0; place < behind.size(); ) {
            byte next = behind.get(place);
            if (next == RequestQueue.COPY_END) {
                behind.remove(place);
                return true;
            }
            if (next == 'S') {
                behind.remove(place);
            } else {
                place++;
            }
        }
        return false;
    }
}
