@NullMarked
package io.howdah.proxy.exchange;

import org.jspecify.annotations.NullMarked;
