package io.howdah.cluster.adoption;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FormerAnswersTest {

    @Test
    void networksAreWrittenAsPeopleDo() {
        assertThat(FormerAnswers.withBits("host all all 10.0.0.0/255.0.0.0 scram-sha-256"))
                .isEqualTo("host all all 10.0.0.0/8 scram-sha-256");
        assertThat(
                        FormerAnswers.withBits(
                                "host all all ::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff md5"))
                .isEqualTo("host all all ::1/128 md5");
        assertThat(FormerAnswers.withBits("host all all 0.0.0.0/0.0.0.0 md5"))
                .isEqualTo("host all all 0.0.0.0/0 md5");
        assertThat(FormerAnswers.withBits("host all all ::/:: md5"))
                .isEqualTo("host all all ::/0 md5");
        assertThat(FormerAnswers.withBits("local all all peer")).isEqualTo("local all all peer");
    }

    @Test
    void answersAreRead() {
        FormerAnswers answers =
                FormerAnswers.parse(
                        """
                        {"superuser" : true, "recovering" : false, "settings" : [{"name" : "TimeZone",
                         "value" : "Etc/UTC", "builtIn" : false}], "slots" : null, "receivers" : null,
                         "md5" : ["old"], "access" : ["host all all 10.0.0.0/255.0.0.0 md5"]}
                        """);
        assertThat(answers.superuser()).isTrue();
        assertThat(answers.settings())
                .containsExactly(new FormerSetting("timezone", "Etc/UTC", false));
        assertThat(answers.slots()).isEmpty();
        assertThat(answers.md5Roles()).containsExactly("old");
        assertThat(answers.access()).containsExactly("host all all 10.0.0.0/8 md5");
        assertThat(answers.setting("timezone")).isEqualTo("Etc/UTC");
        assertThat(answers.setting("ssl")).isEmpty();
    }
}
