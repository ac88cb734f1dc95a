package io.howdah.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsScriptTest {

    private static final SessionState PLAIN =
            new SessionState(Map.of("TimeZone", "UTC", "application_name", ""), Map.of());

    @Test
    void nothingIsSentWhereNothingDiffers() {
        assertThat(SettingsScript.putBack(PLAIN, PLAIN.with("TimeZone", "UTC"), false)).isEmpty();
    }

    @Test
    void onlyWhatDiffersIsPutBack() {
        assertThat(SettingsScript.putBack(PLAIN, PLAIN.with("TimeZone", "Europe/Berlin"), false))
                .isEqualTo("SELECT pg_catalog.set_config(E'TimeZone',E'Europe/Berlin',false)");
    }

    @Test
    void whatTheFormerClientBroughtIsReset() {
        assertThat(SettingsScript.putBack(PLAIN.withFurther(Map.of("geqo", "off")), PLAIN, false))
                .isEqualTo("SELECT pg_catalog.set_config(E'geqo',NULL,false)");
    }

    @Test
    void wishForAPartOfAValueGoesByTheServersOwnAndNotByWhatTheFormerClientLeft() throws Exception {
        SessionState defaults = new SessionState(Map.of("DateStyle", "ISO, MDY"), Map.of());
        StartupSettings wished = StartupSettings.of(Map.of("datestyle", "German"));
        assertThat(SettingsScript.begin(defaults.with("DateStyle", "ISO, DMY"), defaults, wished))
                .isEqualTo(
                        "SELECT pg_catalog.set_config(E'DateStyle',E'ISO, MDY',false);"
                                + "SELECT pg_catalog.set_config(E'DateStyle',E'German',false)");
        assertThat(SettingsScript.begin(defaults, defaults, wished))
                .isEqualTo("SELECT pg_catalog.set_config(E'DateStyle',E'German',false)");
    }

    @Test
    void valuesCannotEndTheirLiteral() {
        String hostile = "x'; drop table t; --\\\u00bf'\n";
        String script =
                SettingsScript.putBack(PLAIN, PLAIN.with("application_name", hostile), false);
        assertThat(script)
                .isEqualTo(
                        "SELECT pg_catalog.set_config(E'application_name',"
                                + "E'x\\x27; drop table t; --\\x5c\\xbf\\x27\\x0a',false)");
    }

    @Test
    void whatIsFixedIsNoPartOfTheState() {
        assertThat(PLAIN.with("server_version", "18").with("is_superuser", "on")).isEqualTo(PLAIN);
    }

    @Test
    void foreignBytesCannotBePutBackInAnotherEncoding() {
        SessionState state = PLAIN.with("client_encoding", "LATIN1");
        assertThat(state.canBePutBack("UTF8")).isTrue();
        assertThat(state.with("application_name", "\u00e9").canBePutBack("UTF8")).isFalse();
        assertThat(state.with("application_name", "\u00e9").canBePutBack("LATIN1")).isTrue();
    }

    @Test
    void optionsComeFirstAndNamesAreAsTheServerReportsThem() throws Exception {
        Map<String, String> packet = new LinkedHashMap<>();
        packet.put("user", "a");
        packet.put("timezone", "UTC");
        packet.put("options", "-c geqo=off --work-mem=64kB -csearch_path=a\\ b");
        packet.put("application_name", "caf\u00e9");
        packet.put("_pq_.x", "y");
        StartupSettings settings = StartupSettings.of(packet);
        assertThat(settings.values().toString())
                .isEqualTo(
                        "{geqo=off, work_mem=64kB, search_path=a b, TimeZone=UTC,"
                                + " application_name=caf?}");
    }

    @Test
    void whatIsNoSettingIsRefused() {
        for (String name : new String[] {"a b", "1a", "x;y", "", "a\"b"}) {
            assertThatThrownBy(() -> StartupSettings.of(Map.of(name, "1")))
                    .as("'%s'", name)
                    .isInstanceOf(StartupSettings.RefusedException.class);
        }
        assertThatThrownBy(() -> StartupSettings.of(Map.of("options", "-B 64")))
                .isInstanceOf(StartupSettings.RefusedException.class);
    }
}
