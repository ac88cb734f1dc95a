package io.howdah.proxy.statement;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeallocationTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    DEALLOCATE _pg3_0               | _pg3_0
                    deallocate prepare S_1;         | s_1
                    ~ deallocate "Mixed ""Case"" too" ~ | Mixed "Case" too
                    deallocate "ALL"                | ALL
                    deallocate all                  | ~~
                    DEALLOCATE PREPARE ALL          | ~~
                    deallocate a, b                 | ~~
                    deallocate a; select 1          | ~~
                    delete from a                   | ~~
                    """)
    void nameIsRead(String text, String name) {
        assertThat(Deallocation.name(text)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({"deallocate all, true", "DISCARD ALL;, true", "discard plans, false", "d, false"})
    void allNamesEnd(String text, boolean all) {
        assertThat(Deallocation.isOfAll(text)).isEqualTo(all);
    }

    @Test
    void lengthOfANameCostsNoStack() {
        String longest = "a\"\"b".repeat(100_000);
        assertThat(Deallocation.name("deallocate \"" + longest + "\""))
                .isEqualTo(longest.replace("\"\"", "\""));
        assertThat(Deallocation.name("deallocate \"" + longest)).isEmpty();
    }
}
