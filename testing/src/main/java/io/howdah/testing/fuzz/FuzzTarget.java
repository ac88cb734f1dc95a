package io.howdah.testing.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A class with a static method `fuzzerTestOneInput(byte[])`, and the inputs that it must have met:
/// `fuzz/NAME.txt` among the test's resources, an input on each line ([EscapedBytes]), where lines
/// that begin with `#` say what the next one is for. Immutable.
///
/// @param type the class
public record FuzzTarget(Class<?> type) {

    private static final String METHOD = "fuzzerTestOneInput";

    /// All targets among a module's tests, by name.
    ///
    /// @param test any class of those tests
    public static List<FuzzTarget> beside(Class<?> test) {
        try {
            return below(Path.of(test.getProtectionDomain().getCodeSource().getLocation().toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /// All targets below a folder with classes, by name.
    static List<FuzzTarget> below(Path classes) {
        try (Stream<Path> files = Files.walk(classes)) {
            return files.map(file -> classes.relativize(file).toString())
                    .filter(file -> file.endsWith("Fuzz.class"))
                    .map(file -> file.replace(".class", "").replace('/', '.'))
                    .sorted()
                    .map(FuzzTarget::named)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FuzzTarget named(String className) {
        try {
            return new FuzzTarget(
                    Class.forName(className, false, FuzzTarget.class.getClassLoader()));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /// How it is called in `bench/fuzz`.
    public String name() {
        return type.getSimpleName();
    }

    /// What it must have met; never nothing.
    public List<byte[]> inputs() {
        String file = "/fuzz/" + name() + ".txt";
        try (InputStream stream = type.getResourceAsStream(file)) {
            if (stream == null) {
                throw new IllegalStateException(
                        "there is no src/test/resources" + file + " with inputs to begin with");
            }
            return new String(stream.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(EscapedBytes::decode)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Runs one input in this process.
    ///
    /// @throws AssertionError with the promise that it breaks
    public void run(byte[] input) {
        try {
            type.getMethod(METHOD, byte[].class).invoke(null, (Object) input);
        } catch (InvocationTargetException e) {
            throw new AssertionError(
                    name() + " breaks a promise with " + EscapedBytes.encode(input), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name() + " has no public static " + METHOD, e);
        }
    }

    @Override
    public String toString() {
        return name();
    }
}
