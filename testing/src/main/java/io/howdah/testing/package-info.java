/// What the tests of every module need: ports that nobody takes in between, waiting for a
/// condition, and certificates. Used by tests only; it knows no other module.
@NullMarked
package io.howdah.testing;

import org.jspecify.annotations.NullMarked;
