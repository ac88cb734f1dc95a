package io.howdah.backup.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.Lsn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/// What PostgreSQL's `PageIsVerified` says of the same pages.
class PageJudgeTest {

    private static final int BLOCK = 7;

    private final PageJudge judge = new PageJudge(Lsn.parse("0/5000000"));

    @Test
    void pageThatWasNeverWrittenIsAllZerosOrItIsDamaged() {
        byte[] page = new byte[ChunkSize.PAGE_BYTES];
        assertThat(judge.judge(page, 0, BLOCK)).isEqualTo(PageJudge.Verdict.GOOD);
        page[5000] = 1;
        assertThat(judge.judge(page, 0, BLOCK))
                .as("rows under a header that was zeroed")
                .isEqualTo(PageJudge.Verdict.BAD);
        byte[] ofLater = written(Lsn.parse("0/6000000"), 0);
        assertThat(judge.judge(ofLater, 0, BLOCK)).isEqualTo(PageJudge.Verdict.BAD);
    }

    @Test
    void pageThatIsReplayedIsNotJudgedAndAnotherGoesByItsChecksum() {
        byte[] later = written(Lsn.parse("0/6000000"), 8000);
        assertThat(judge.judge(later, 0, BLOCK)).isEqualTo(PageJudge.Verdict.GOOD);
        byte[] before = written(Lsn.parse("0/4000000"), 8000);
        assertThat(judge.judge(before, 0, BLOCK)).isEqualTo(PageJudge.Verdict.BAD);
        short checksum = (short) PageJudge.checksum(before, 0, BLOCK);
        ByteBuffer.wrap(before).order(ByteOrder.nativeOrder()).putShort(8, checksum);
        assertThat(judge.judge(before, 0, BLOCK)).isEqualTo(PageJudge.Verdict.GOOD);
        assertThat(judge.judge(before, 0, BLOCK + 1)).isEqualTo(PageJudge.Verdict.BAD);
    }

    private static byte[] written(Lsn lsn, int upper) {
        ByteBuffer page = ByteBuffer.allocate(ChunkSize.PAGE_BYTES).order(ByteOrder.nativeOrder());
        page.putInt(0, (int) (lsn.value() >>> 32));
        page.putInt(4, (int) lsn.value());
        page.putShort(14, (short) upper);
        page.put(8100, (byte) 42);
        return page.array();
    }
}
