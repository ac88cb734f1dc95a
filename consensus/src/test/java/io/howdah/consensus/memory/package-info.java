@NullMarked
package io.howdah.consensus.memory;

import org.jspecify.annotations.NullMarked;
