@NullMarked
package io.howdah.consensus;

import org.jspecify.annotations.NullMarked;
