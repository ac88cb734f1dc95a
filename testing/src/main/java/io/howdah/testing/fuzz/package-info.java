/// Bytes that nobody would send. A fuzz target is a class of a module's tests whose name ends in
/// `Fuzz`, with a method `fuzzerTestOneInput` that takes any bytes and throws when they break a
/// promise; the inputs it must have met lie beside it, as text. The tests run those, and have
/// Jazzer look for others for some seconds; `bench/fuzz` has it look for hours.
@NullMarked
package io.howdah.testing.fuzz;

import org.jspecify.annotations.NullMarked;
