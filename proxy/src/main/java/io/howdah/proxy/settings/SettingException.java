package io.howdah.proxy.settings;

/// A value that cannot be, with the key under which it was written.
public final class SettingException extends IllegalArgumentException {

    private final String key;
    private final String problem;

    /// @param key as it is written in the file
    /// @param problem what is wrong; the message is the key, a space and this
    public SettingException(String key, String problem) {
        super(key + " " + problem);
        this.key = key;
        this.problem = problem;
    }

    /// The key, as it is written in the file.
    public String key() {
        return key;
    }

    /// What is wrong with its value.
    public String problem() {
        return problem;
    }

    static void requireName(String key, String value) {
        if (value.isEmpty() || value.indexOf('\0') >= 0) {
            throw new SettingException(key, "is not a name");
        }
    }

    static void requireBetween(String key, int value, int lowest, int highest) {
        if (value < lowest || value > highest) {
            throw new SettingException(
                    key, "is " + value + ", not between " + lowest + " and " + highest);
        }
    }
}
