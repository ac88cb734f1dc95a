package io.howdah.cluster.adoption;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FormerAnswersTest {

    @Test
    void networksAreWrittenAsPeopleDo() {
        assertThat(FormerAnswers.withBits("10.0.0.0/255.0.0.0")).isEqualTo("10.0.0.0/8");
        assertThat(FormerAnswers.withBits("::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))
                .isEqualTo("::1/128");
        assertThat(FormerAnswers.withBits("0.0.0.0/0.0.0.0")).isEqualTo("0.0.0.0/0");
        assertThat(FormerAnswers.withBits("::/::")).isEqualTo("::/0");
        assertThat(FormerAnswers.withBits("samenet")).isEqualTo("samenet");
    }

    @Test
    void answersAreRead() {
        FormerAnswers answers =
                FormerAnswers.parse(
                        """
                        {"superuser" : true, "recovering" : false, "settings" : [{"name" : "TimeZone",
                         "value" : "Etc/UTC", "builtIn" : false}], "slots" : null, "receivers" : null,
                         "md5" : ["old"], "access" : [
                         {"type" : "host", "databases" : ["all", "My app"], "roles" : ["+staff"],
                          "address" : "10.0.0.0/255.0.0.0", "method" : "md5", "options" : null},
                         {"type" : "local", "databases" : ["all"], "roles" : ["all"],
                          "address" : null, "method" : "peer", "options" : "map=m"}]}
                        """);
        assertThat(answers.superuser()).isTrue();
        assertThat(answers.settings())
                .containsExactly(new FormerSetting("timezone", "Etc/UTC", false));
        assertThat(answers.slots()).isEmpty();
        assertThat(answers.md5Roles()).containsExactly("old");
        assertThat(answers.access())
                .extracting(FormerAccess::text)
                .containsExactly(
                        "host all,\"My app\" +staff 10.0.0.0/8 md5", "local all all peer map=m");
        assertThat(answers.setting("timezone")).isEqualTo("Etc/UTC");
        assertThat(answers.setting("ssl")).isEmpty();
    }
}
