package io.howdah.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private Screen screen(boolean terminal) {
        return new Screen(
                new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal, false, false);
    }

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void secondPictureTakesTheFirstOnesPlace() {
        Screen screen = screen(true);

        screen.picture(List.of("one", "two"));
        bytes.reset();
        screen.picture(List.of("three"));

        assertThat(written()).contains("\u001b[2A\r").contains("three").contains("\u001b[J");
    }

    @Test
    void lineThatStaysTakesThePictureAway() {
        Screen screen = screen(true);

        screen.picture(List.of("one", "two"));
        bytes.reset();
        screen.print("stays");
        screen.picture(List.of("three"));

        assertThat(written()).startsWith("\u001b[2A\r\u001b[Jstays\n").doesNotContain("\u001b[1A");
    }

    @Test
    void pipeGetsNothingButText() {
        Screen screen = screen(false);

        screen.picture(List.of("one"));
        screen.print("two");

        assertThat(written()).isEqualTo("one\ntwo\n");
    }
}
