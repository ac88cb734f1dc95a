package io.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How versions, positions and numbers are read and written.
@NullMarked
class NotationTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "15.18 (Debian 15.18-0+deb12u1)|15|18",
                "18.6|18|6",
                "19beta1|19|0",
                "18rc1|18|0",
                "19devel|19|0",
                "15|15|0",
                "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)|15|18"
            })
    void versionsAreRead(String text, int major, int minor) {
        assertThat(PostgresVersion.parse(text)).isEqualTo(new PostgresVersion(major, minor));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PostgreSQL", "9.6.24", "-1", "99999"})
    void whatIsNoVersionIsRefused(String text) {
        assertThatThrownBy(() -> PostgresVersion.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"14,9,false", "15,0,true", "18,6,true", "19,0,false"})
    void fifteenToEighteenAreSupported(int major, int minor, boolean supported) {
        assertThat(new PostgresVersion(major, minor).isSupported()).isEqualTo(supported);
    }

    @ParameterizedTest
    @CsvSource({"15,12,false", "15,13,true", "16,8,false", "16,9,true", "17,5,true", "18,0,true"})
    void minorsWithTheStartUpRaceAreNotSound(int major, int minor, boolean sound) {
        assertThat(new PostgresVersion(major, minor).isSoundForSynchronousReplication())
                .isEqualTo(sound);
    }

    @Test
    void newerVersionsSortLater() {
        assertThat(new PostgresVersion(18, 6)).isGreaterThan(new PostgresVersion(18, 5));
        assertThat(new PostgresVersion(18, 0)).isGreaterThan(new PostgresVersion(17, 9));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0/0", "0/5000A10", "16/B374D848", "FFFFFFFF/FFFFFFFF"})
    void positionsAreWrittenAsTheyAreRead(String text) {
        assertThat(Lsn.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "0", "0/", "/0", "0/G", "123456789/0", "0/123456789", "0/0/0"})
    void whatIsNoPositionIsRefused(String text) {
        assertThatThrownBy(() -> Lsn.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void positionsAreComparedUnsigned() {
        Lsn high = Lsn.parse("FFFFFFFF/0");
        Lsn low = Lsn.parse("0/1");
        assertThat(high.isAtLeast(low)).isTrue();
        assertThat(Lsn.max(high, low)).isEqualTo(high);
        assertThat(Lsn.min(high, low)).isEqualTo(low);
        assertThat(Lsn.parse("1/0").bytesSince(Lsn.parse("0/FFFFFFFF"))).isOne();
    }

    @Test
    void historyFilesAreNamedInHexadecimal() {
        assertThat(new TimelineId(26).historyFileName()).isEqualTo("0000001A.history");
        assertThatThrownBy(() -> new TimelineId(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void systemIdsAreUnsigned() {
        assertThat(SystemId.parse("18446744073709551615")).hasToString("18446744073709551615");
    }
}
