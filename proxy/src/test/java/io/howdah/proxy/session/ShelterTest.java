package io.howdah.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShelterTest {

    @ParameterizedTest
    @CsvSource({
        "15.14 (Debian 15.14-0+deb12u1), 15",
        "17beta1, 17",
        "18, 18",
        "9.6.24, 9",
        "'', 0",
        "EnterpriseDB 17, 0",
        "99999999999999999999, 9999"
    })
    void versionIsWhatTheServerSaysFirst(String said, int major) {
        assertThat(Shelter.of(Map.of("server_version", said)).serverMajor()).isEqualTo(major);
    }

    @Test
    void onlyWhatTheServerKnowsIsLifted() {
        assertThat(new Shelter(16).over("SELECT 1"))
                .isEqualTo(
                        "SET LOCAL statement_timeout TO 0;SET LOCAL lock_timeout TO 0;"
                                + "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;SELECT 1");
        assertThat(new Shelter(17).over("SELECT 1"))
                .startsWith("SET LOCAL transaction_timeout TO 0;");
        assertThat(new Shelter(0).lasting())
                .isEqualTo("SET statement_timeout TO 0;SET lock_timeout TO 0;");
    }

    @Test
    void whatWouldBoundTheOthersComesLast() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("transaction_timeout", "1");
        settings.put("statement_timeout", "2");
        settings.put("geqo", "off");
        assertThat(Shelter.boundsLast(settings).keySet())
                .containsExactly("geqo", "statement_timeout", "transaction_timeout");
    }
}
