/// What people see: aligned tables, colours where they help, a picture that refreshes in place on a
/// terminal and lines of changes everywhere else. Turning a status into text is pure; only `Screen`
/// writes.
@NullMarked
package io.howdah.cli.screen;

import org.jspecify.annotations.NullMarked;
