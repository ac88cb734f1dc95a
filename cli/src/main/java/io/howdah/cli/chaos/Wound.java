package io.howdah.cli.chaos;

import org.jspecify.annotations.Nullable;

/// What was done to a demo, and how it is made good.
///
/// @param detail in words; null where the fault's kind says it all
/// @param heal makes it good, as far as the demo does not do so by itself; may be run twice
record Wound(@Nullable String detail, Runnable heal) {}
