package io.howdah.backup.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.BackupException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class LastAttemptTest {

    private static final BackupId ID = new BackupId("20261128-221500-0423f9");

    @Test
    void whyItFailedIsWrittenDown() {
        assertThat(failure(new BackupException("the disk is gone", "mount it")))
                .isEqualTo("the disk is gone");
        assertThat(failure(new UncheckedIOException("cannot read base/1", new IOException("EIO"))))
                .isEqualTo("cannot read base/1: java.io.IOException: EIO");
        assertThat(failure(new IllegalStateException("no")))
                .contains("IllegalState")
                .contains("no");
    }

    private static String failure(RuntimeException why) {
        return String.valueOf(LastAttempt.failure(ID, why).failure());
    }
}
