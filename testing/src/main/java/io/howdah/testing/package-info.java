/// What the tests of every module need: ports that nobody takes in between, and waiting for a
/// condition. Used by tests only; it knows no other module.
@NullMarked
package io.howdah.testing;

import org.jspecify.annotations.NullMarked;
