@NullMarked
package io.howdah.proxy.protocol;

import org.jspecify.annotations.NullMarked;
