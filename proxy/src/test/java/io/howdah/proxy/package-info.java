@NullMarked
package io.howdah.proxy;

import org.jspecify.annotations.NullMarked;
