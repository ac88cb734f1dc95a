package io.howdah.cli.chaos;

import org.jspecify.annotations.Nullable;

/// What was done to a demo, or tried, and how it is made good.
///
/// @param result [FaultRecord#DONE], or why not
/// @param detail in words; null where the fault's kind says it all
/// @param heal makes it good, as far as the demo does not do so by itself; may be run twice
record Wound(String result, @Nullable String detail, Runnable heal) {

    static Wound done(@Nullable String detail, Runnable heal) {
        return new Wound(FaultRecord.DONE, detail, heal);
    }

    /// What happens at once, or not at all: nothing is to be made good.
    static Wound atOnce(String result) {
        return new Wound(result, null, () -> {});
    }
}
