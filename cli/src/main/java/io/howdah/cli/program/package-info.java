/// How this program starts itself again as another process: the same Java, classpath and
/// installation, with the options that go with what the process is for.
@NullMarked
package io.howdah.cli.program;

import org.jspecify.annotations.NullMarked;
