@NullMarked
package io.howdah.consensus.ratis;

import org.jspecify.annotations.NullMarked;
