@NullMarked
package io.howdah.proxy.pool;

import org.jspecify.annotations.NullMarked;
