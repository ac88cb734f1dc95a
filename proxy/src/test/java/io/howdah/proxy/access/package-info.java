@NullMarked
package io.howdah.proxy.access;

import org.jspecify.annotations.NullMarked;
